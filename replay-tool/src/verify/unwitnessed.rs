//! The figure that leads a report: for how long something stood in a log that no witness had seen. So long, whoever holds the
//! log's key could have written it anew without a trace.

use daybook_ledger::verify::Report;
use daybook_ledger::witnessed::{Interval, Witnessing};
use uuid::Uuid;

use crate::print::{duration, number, time};

/// The line that comes before everything else; nothing where nothing stands in any log.
pub fn headline(reports: &[Report]) -> String {
    let told = reports.iter().filter_map(|report| Some((report.clinic, report.witnessing.as_ref()?)));
    let longest = told.filter_map(|(clinic, said)| Some((clinic, said, said.longest?)));
    match longest.max_by_key(|(_, _, longest)| longest.seconds) {
        Some((clinic, said, longest)) => line(clinic, said, longest) + "\n\n",
        None => String::new(),
    }
}

fn line(clinic: Uuid, said: &Witnessing, longest: Interval) -> String {
    let Interval { from, until, seconds, events, open } = longest;
    let (long, events) = (duration(seconds), number(events));
    let whose = if said.by_policy { "no witness that the policy believes" } else { "no witness" };
    let interval = format!("LONGEST UNWITNESSED INTERVAL: {long}, {events} events (clinic {clinic}");
    match (open, said.newest) {
        (true, None) => format!("{interval}): everything since {}; {whose} has ever seen this log.", time(from)),
        (true, Some(_)) => format!("{interval}): since {} {whose} has seen it.", time(from)),
        (false, _) => format!("{interval}): from {} until {}.", time(from), time(until)),
    }
}

/// The figure of one clinic.
pub fn figure(report: &Report) -> String {
    let longest = report.witnessing.as_ref().and_then(|said| said.longest);
    longest.map_or_else(|| "-".into(), |longest| duration(longest.seconds))
}

/// What the figure rests on, where nobody outside said whom to believe.
pub fn caution(reports: &[Report]) -> &'static str {
    let by_the_log = |said: &Witnessing| !said.by_policy && said.newest.is_some();
    if reports.iter().filter_map(|report| report.witnessing.as_ref()).any(by_the_log) {
        "\n\nWho the witnesses are is read from the log itself here. Whoever can write it can name witnesses of their own: a trust \
         policy (--policy) says whom to believe."
    } else {
        ""
    }
}

/// Whether somebody outside, whom a policy believes, has seen the log.
pub fn is_witnessed(report: &Report) -> bool {
    report.witnessing.as_ref().is_some_and(|said| said.by_policy && said.newest.is_some())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use daybook_ledger::witnessed::Newest;

    use super::*;

    #[test]
    fn it_is_said_since_when_and_until_when_and_of_how_many_events() {
        let at = |seconds| DateTime::from_timestamp(1_772_445_600 + seconds, 0).unwrap();
        let interval = |seconds, open| Interval { from: at(0), until: at(seconds), seconds, events: 1_234, open };
        let newest = Some(Newest { size: 1, at: at(0) });
        let said = |newest, by_policy| Witnessing { newest, by_policy, ..Witnessing::default() };
        let clinic = Uuid::nil();
        insta::assert_snapshot!(
            [
                line(clinic, &said(None, false), interval(90_061, true)),
                line(clinic, &said(newest, false), interval(61, true)),
                line(clinic, &said(newest, true), interval(7_322, true)),
                line(clinic, &said(newest, true), interval(59, false)),
            ]
            .join("\n")
        );
    }
}
