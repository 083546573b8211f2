//! How long something stood in a log that nobody outside had seen. Until a witness has seen it, whoever holds the log's key can
//! write it anew without a trace; from then on they cannot. What the log says of a moment was fixed at the latest this much
//! after it: that is the figure that says what the log proves, and it leads every report.

use std::collections::{BTreeSet, VecDeque};

use chrono::{DateTime, Utc};

use crate::cosignature::Witness;
use crate::cosignatures::Stored;
use crate::format::Hash;
use crate::merkle::Tree;
use crate::verify::{Check, Finding};

/// A head that witnesses have seen, and that the log has grown from.
#[derive(Clone, Debug)]
pub struct Seen {
    pub size: u64,
    /// Who, and when by their clock, in seconds since 1970.
    pub by: Vec<(Witness, u64)>,
    /// When the first event after it was recorded; `None` where there is none.
    pub next_at: Option<DateTime<Utc>>,
}

/// What witnesses have seen of a log.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// When its first event was recorded.
    pub begun_at: Option<DateTime<Utc>>,
    pub events: u64,
    /// By size.
    pub seen: Vec<Seen>,
}

/// A time in which something stood in the log that no witness had seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Interval {
    /// When the first event of it was recorded.
    pub from: DateTime<Utc>,
    /// When a witness had seen all of it; where none has yet, now.
    pub until: DateTime<Utc>,
    pub seconds: i64,
    /// Events recorded in it.
    pub events: u64,
    /// Whether it still goes on.
    pub open: bool,
}

/// What is said of the witnesses of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Witnessing {
    /// The longest unwitnessed interval; `None` where nothing stands in the log.
    pub longest: Option<Interval>,
    /// Heads that were seen by as many as are asked for.
    pub checkpoints: u64,
    /// The newest of them.
    pub newest: Option<Newest>,
    /// The names of those who saw any.
    pub witnesses: BTreeSet<String>,
    /// Whether somebody outside said whom to believe; otherwise everybody is whom the log names.
    pub by_policy: bool,
}

/// The newest head that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Newest {
    pub size: u64,
    pub at: DateTime<Utc>,
}

impl Watched {
    /// What can be said at a moment. `enough` says when a head had been seen by as many as are asked for.
    pub fn witnessing(&self, enough: impl Fn(&[(Witness, u64)]) -> Option<u64>, now: DateTime<Utc>) -> Witnessing {
        let mut said = Witnessing::default();
        let (mut from, mut size) = (self.begun_at, 0);
        for seen in &self.seen {
            let Some(at) = enough(&seen.by).and_then(|seconds| DateTime::from_timestamp(seconds as i64, 0)) else {
                continue;
            };
            said.add(from, at, seen.size - size, false);
            (from, size) = (seen.next_at, seen.size);
            said.checkpoints += 1;
            said.newest = Some(Newest { size, at });
        }
        said.witnesses = self.seen.iter().flat_map(|seen| &seen.by).map(|(witness, _)| witness.name().into()).collect();
        said.add(from, now, self.events.saturating_sub(size), true);
        said
    }
}

impl Witnessing {
    fn add(&mut self, from: Option<DateTime<Utc>>, until: DateTime<Utc>, events: u64, open: bool) {
        let Some(from) = from.filter(|_| events > 0) else { return };
        // A witness whose clock is behind has not seen what was not there yet.
        let until = until.max(from);
        let interval = Interval { from, until, seconds: (until - from).num_seconds(), events, open };
        if self.longest.is_none_or(|longest| interval.until - interval.from > longest.until - longest.from) {
            self.longest = Some(interval);
        }
    }
}

/// Everybody who signed counts, the first of them enough: how it looks where nobody says whom to believe.
pub fn anybody(by: &[(Witness, u64)]) -> Option<u64> {
    by.iter().map(|(_, seconds)| *seconds).min()
}

/// Compares what witnesses have seen with a tree that grows past it.
pub(crate) struct Comparison {
    waiting: VecDeque<Signed>,
    watched: Watched,
    findings: Vec<Finding>,
    diverged: bool,
}

/// A stored row whose signature is right.
struct Signed {
    size: u64,
    root: Hash,
    by: (Witness, u64),
}

impl Comparison {
    /// `stored` by size.
    pub fn with(stored: Vec<Stored>) -> Self {
        let (mut waiting, mut findings) = (VecDeque::new(), Vec::new());
        for Stored { size, root, seen } in stored {
            match seen {
                Some(by) => waiting.push_back(Signed { size, root, by }),
                None => findings.push(finding(size, "a cosignature that is stored is not right")),
            }
        }
        Self { waiting, watched: Watched::default(), findings, diverged: false }
    }

    /// Compares the heads of this tree's size; called at every size, in order. `next_at`: when the event that comes next was
    /// recorded.
    pub fn at(&mut self, tree: &Tree, next_at: Option<DateTime<Utc>>) {
        if tree.size() == 0 {
            self.watched.begun_at = next_at;
        }
        self.watched.events = tree.size();
        while let Some(Signed { size, root, by }) = self.waiting.pop_front_if(|signed| signed.size <= tree.size()) {
            if size != tree.size() || root != tree.root() {
                // Every later one differs too: one finding says it.
                if !std::mem::replace(&mut self.diverged, true) {
                    self.findings.push(finding(size, format!("{} saw another log of that size", by.0.name())));
                }
                continue;
            }
            match self.watched.seen.last_mut().filter(|last| last.size == size) {
                Some(last) => last.by.push(by),
                None => self.watched.seen.push(Seen { size, by: vec![by], next_at }),
            }
        }
    }

    /// What came out, once the tree has its last leaf, and what is wrong.
    pub fn finish(mut self, tree: &Tree) -> (Watched, Vec<Finding>) {
        self.at(tree, None);
        if let Some(Signed { size, by: (witness, _), .. }) = self.waiting.back() {
            let what = format!("{} saw the log at that size, and it has only {} events", witness.name(), tree.size());
            self.findings.push(finding(*size, what));
        }
        (self.watched, self.findings)
    }
}

fn finding(position: u64, what: impl Into<String>) -> Finding {
    Finding { position, check: Check::Cosignature, what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosignature::Cosigner;

    fn witness(number: u8) -> Witness {
        Cosigner::new(&format!("w{number}.example"), &[number; 32]).unwrap().witness().clone()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// Ten events, one every ten seconds from 1,000 on.
    fn watched(seen: &[(u64, &[(u8, u64)])]) -> Watched {
        let seen = seen.iter().map(|(size, by)| Seen {
            size: *size,
            by: by.iter().map(|(number, seconds)| (witness(*number), *seconds)).collect(),
            next_at: (*size < 10).then(|| at(1_000 + 10 * *size as i64)),
        });
        Watched { begun_at: Some(at(1_000)), events: 10, seen: seen.collect() }
    }

    fn longest(watched: &Watched, now: i64) -> (i64, i64, u64, bool) {
        let longest = watched.witnessing(anybody, at(now)).longest.unwrap();
        assert_eq!(longest.seconds, (longest.until - longest.from).num_seconds());
        (longest.from.timestamp(), longest.seconds, longest.events, longest.open)
    }

    #[test]
    fn a_log_that_nobody_saw_is_unwitnessed_from_its_first_event_until_now() {
        assert_eq!(longest(&watched(&[]), 5_000), (1_000, 4_000, 10, true));
        assert_eq!(Watched::default().witnessing(anybody, at(5_000)), Witnessing::default());
    }

    #[test]
    fn an_interval_ends_when_a_witness_has_seen_what_stood_in_it() {
        // Events 0 to 3 recorded from 1,000 on were seen at 1,060; 4 to 9, from 1,040 on, at 1,120. Then nothing more came.
        let all = watched(&[(4, &[(1, 1_060)]), (10, &[(1, 1_120)])]);
        assert_eq!(longest(&all, 900_000), (1_040, 80, 6, false), "a log in which nothing happens hides nothing");
        let some = watched(&[(4, &[(1, 1_060)]), (7, &[(1, 1_080)])]);
        assert_eq!(longest(&some, 1_120), (1_000, 60, 4, false));
        assert_eq!(longest(&some, 1_200), (1_070, 130, 3, true));
        assert_eq!(longest(&watched(&[(10, &[(1, 17)])]), 5_000).1, 0, "a clock that is behind makes no negative time");
    }

    #[test]
    fn who_is_believed_decides_what_counts() {
        let watched = watched(&[(4, &[(1, 1_060), (2, 1_065)]), (10, &[(1, 1_120)])]);
        let both = |by: &[(Witness, u64)]| (by.len() == 2).then(|| by.iter().map(|(_, at)| *at).max()).flatten();
        let said = watched.witnessing(both, at(1_300));
        assert_eq!((said.checkpoints, said.newest.map(|newest| newest.size)), (1, Some(4)));
        assert_eq!(said.longest.map(|longest| (longest.seconds, longest.events, longest.open)), Some((260, 6, true)));
        let said = watched.witnessing(|_| None, at(1_300));
        assert_eq!((said.checkpoints, said.longest.map(|longest| longest.events)), (0, Some(10)));
        assert_eq!(said.witnesses.len(), 2);
    }
}
