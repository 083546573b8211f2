//! The figure that leads every report: for how long something stood in a log that no witness had seen. So long, whoever holds the
//! log's key could have written it anew without a trace.

use daybook_ledger::witnessed::{Interval, Witnessing};
use serde::Serialize;
use uuid::Uuid;

use crate::report::{AtMost, Report};
use crate::words::{duration, number, time};

/// What a report of one log says of its witnesses before anything else.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unwitnessed {
    pub clinic: Uuid,
    /// Whether whoever makes the report knows that nobody is asked to witness the log.
    pub nobody_is_asked: bool,
    #[serde(flatten)]
    pub said: Witnessing,
}

impl Unwitnessed {
    /// The line; nothing where nothing stands in the log.
    pub fn line(&self) -> Option<String> {
        let nobody = if self.nobody_is_asked { " Nobody is asked to be one." } else { "" };
        self.said.longest.map(|longest| line(self.clinic, &self.said, longest) + nobody)
    }
}

/// The line for several logs: of the one that was unwitnessed longest.
pub fn headline<'a>(logs: impl IntoIterator<Item = (Uuid, &'a Witnessing)>) -> Option<String> {
    let longest = logs.into_iter().filter_map(|(clinic, said)| Some((clinic, said, said.longest?)));
    longest.max_by_key(|(_, _, longest)| longest.seconds).map(|(clinic, said, longest)| line(clinic, said, longest))
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

/// The line of a bundle, which shows no more than when its checkpoint had been seen.
pub fn of_bundle(report: &Report) -> String {
    let of = match report.unwitnessed {
        None => "not known: no checkpoint that is believed, or no event.".into(),
        Some(AtMost { from, until: None }) => {
            format!("everything since {}; no witness that the policy believes has seen it.", time(from))
        }
        Some(AtMost { from, until: Some(until) }) => format!(
            "at most {}, from {} until {}, when the policy's witnesses had seen its checkpoint. Whether they had seen some of it \
             before, a bundle does not show.",
            duration((until - from).num_seconds()),
            time(from),
            time(until)
        ),
    };
    format!("LONGEST UNWITNESSED INTERVAL of what is in it: {of}")
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
        let said = |newest, by_policy, longest| Witnessing { newest, by_policy, longest, ..Witnessing::default() };
        let logs = [
            said(None, false, Some(interval(90_061, true))),
            said(newest, false, Some(interval(61, true))),
            said(newest, true, Some(interval(7_322, true))),
            said(newest, true, Some(interval(59, false))),
        ];
        let clinic = Uuid::nil();
        let mut lines: Vec<_> = logs.iter().filter_map(|said| headline([(clinic, said)])).collect();
        let of = |said: &Witnessing| Unwitnessed { clinic, nobody_is_asked: true, said: said.clone() }.line();
        lines.extend(of(&logs[0]));
        let begin = |interval| format!("LONGEST UNWITNESSED INTERVAL: {interval}, 1,234 events (clinic {clinic}): ");
        let since = "since 2026-03-02 10:00:00 UTC";
        let never = format!("{}everything {since}; no witness has ever seen this log.", begin("1 d 1 h"));
        let told = [
            never.clone(),
            format!("{}{since} no witness has seen it.", begin("1 min 1 s")),
            format!("{}{since} no witness that the policy believes has seen it.", begin("2 h 2 min")),
            format!("{}from 2026-03-02 10:00:00 UTC until 2026-03-02 10:00:59 UTC.", begin("59 s")),
            never + " Nobody is asked to be one.",
        ];
        assert_eq!(lines, told);
        assert_eq!(headline(logs.iter().map(|said| (clinic, said))), Some(lines[0].clone()));
        assert_eq!(of(&said(None, false, None)), None);
    }
}
