//! The figure that leads a verification, and what it rests on.

use daybook_audit::{Policy, Tone, unwitnessed};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use daybook_ledger::verify::Report;
use daybook_ledger::witnessed::{Witnessing, anybody};

use crate::print::duration;

/// What witnesses have seen by now: those that the policy believes, and without one, those that the log names.
pub fn witnessing(report: &Report, policy: Option<&Policy>) -> Witnessing {
    let said = match policy {
        Some(policy) => report.watched.witnessing(|by| policy.seen_at(by), System.now()),
        None => report.watched.witnessing(anybody, System.now()),
    };
    Witnessing { by_policy: policy.is_some(), ..said }
}

/// The line that comes before everything else; nothing where nothing stands in any log.
pub fn headline(reports: &[Report]) -> String {
    let told = reports.iter().filter_map(|report| Some((report.clinic, report.witnessing.as_ref()?)));
    unwitnessed::headline(told).map_or_else(String::new, |line| Tone::Doubtful.on(line) + "\n\n")
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
