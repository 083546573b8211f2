//! Comparing the log with what outside systems say happened. That the log was not changed does not say that it is complete:
//! only somebody else's record can show what is missing from it.

use chrono::{DateTime, TimeDelta, Utc};
use daybook_domain::VisitId;
use daybook_domain::visit::Event;
use uuid::Uuid;

use super::term;
use crate::{Cell, Table};

/// What can be said by both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happening {
    /// Somebody was connected to the call.
    Joined,
    /// Somebody was no longer.
    Left,
}

/// Something an outside system says happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    pub visit: VisitId,
    pub happening: Happening,
    pub at: DateTime<Utc>,
    /// The connection, as both sides name it.
    pub connection: String,
}

/// Why an outside system did not say.
#[derive(Debug, thiserror::Error)]
#[error("{system} does not answer: {problem}")]
pub struct Unanswered {
    pub system: String,
    pub problem: String,
}

/// An outside system that keeps a record of its own: whoever rents out the video, an electronic health record.
pub trait OutsideRecord: Send + Sync {
    /// Its name.
    fn name(&self) -> &str;
    /// What it says happened at a clinic from one time to another.
    fn happened(
        &self,
        clinic: Uuid,
        period: (DateTime<Utc>, DateTime<Utc>),
    ) -> impl Future<Output = Result<Vec<Outside>, Unanswered>> + Send;
}

/// How far two clocks may be apart.
const TOLERANCE: TimeDelta = TimeDelta::minutes(2);

/// What the log says of the same.
pub fn told_by_the_log(visit: VisitId, events: &[Event]) -> Vec<Outside> {
    let told = events.iter().filter_map(|event| {
        let (happening, at, connection) = match event {
            Event::ParticipantJoined(joined) => (Happening::Joined, joined.observed_at, &joined.connection),
            Event::ParticipantLeft(left) => (Happening::Left, left.observed_at, &left.connection),
            _ => return None,
        };
        Some(Outside { visit, happening, at, connection: connection.as_str().to_owned() })
    });
    told.collect()
}

/// Which side says it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Only {
    TheLog,
    TheOutside,
}

/// What one side says and the other does not, each event of one side matched with one of the other at most.
pub fn differences(log: &[Outside], outside: &[Outside]) -> Vec<(Only, Outside)> {
    let mut unmatched: Vec<Option<&Outside>> = outside.iter().map(Some).collect();
    let mut differences = Vec::new();
    for told in log {
        let is_same = |other: &Outside| {
            (other.visit, other.happening, &other.connection) == (told.visit, told.happening, &told.connection)
                && (other.at - told.at).abs() <= TOLERANCE
        };
        match unmatched.iter_mut().find(|other| other.is_some_and(is_same)) {
            Some(matched) => *matched = None,
            None => differences.push((Only::TheLog, told.clone())),
        }
    }
    differences.extend(unmatched.into_iter().flatten().map(|other| (Only::TheOutside, other.clone())));
    differences.sort_by_key(|(_, told)| told.at);
    differences
}

/// The report, with what each connected system was found to differ in. Without one there is nothing to compare with, and it
/// says so.
pub fn reconciliation(compared: &[(&str, Vec<(Only, Outside)>)]) -> Table {
    let columns = ["system", "only_in", "visit", "what", "at", "connection"];
    let mut table = Table::new("The log and what outside systems say happened", &columns)
        .note("Integrity is not completeness: a log that verifies may lack what was never recorded.");
    if compared.is_empty() {
        return table.note("Nothing connected: no outside system can be asked, so nothing was compared.");
    }
    for (system, differences) in compared {
        table.notes.push(format!("{system}: {} differences.", differences.len()));
        for (only, told) in differences {
            table.row([
                (*system).into(),
                term(only),
                Cell::text(told.visit),
                term(&told.happening),
                told.at.into(),
                told.connection.as_str().into(),
            ]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reports::example::id;

    fn told(minute: i64, connection: &str) -> Outside {
        let start: DateTime<Utc> = "2026-03-02T16:00:00Z".parse().unwrap();
        let at = start + TimeDelta::minutes(minute);
        Outside { visit: id(20), happening: Happening::Joined, at, connection: connection.into() }
    }

    #[test]
    fn clocks_may_differ_by_two_minutes_and_no_more() {
        assert_eq!(differences(&[told(0, "a")], &[told(2, "a")]), []);
        let apart = differences(&[told(0, "a")], &[told(3, "a")]);
        assert_eq!(apart, [(Only::TheLog, told(0, "a")), (Only::TheOutside, told(3, "a"))]);
        assert_eq!(differences(&[told(0, "a")], &[told(0, "b")]).len(), 2);
    }

    #[test]
    fn one_event_does_not_answer_for_two() {
        assert_eq!(differences(&[told(0, "a"), told(0, "a")], &[told(0, "a")]), [(Only::TheLog, told(0, "a"))]);
    }

    #[test]
    fn without_an_outside_system_the_report_says_that_nothing_was_compared() {
        let table = reconciliation(&[]);
        assert!(table.is_empty() && table.notes.iter().any(|note| note.contains("Nothing connected")));
        let table = reconciliation(&[("Video", Vec::new())]);
        assert!(table.notes.iter().any(|note| note == "Video: 0 differences."), "{:?}", table.notes);
        assert!(!table.notes.iter().any(|note| note.contains("Nothing connected")));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_both_sides_mirror_each_other(
            log in prop::collection::vec((0..30i64, 0..3u8), 0..12), outside in prop::collection::vec((0..30i64, 0..3u8), 0..12)
        ) {
            let side = |all: &[(i64, u8)]| all.iter().map(|(m, c)| told(*m, &c.to_string())).collect::<Vec<_>>();
            let (log, outside) = (side(&log), side(&outside));
            let found = differences(&log, &outside);
            let only = |which| found.iter().filter(|(only, _)| *only == which).count();
            prop_assert_eq!(log.len() - only(Only::TheLog), outside.len() - only(Only::TheOutside));
            prop_assert!(differences(&log, &log).is_empty());
        }
    }
}
