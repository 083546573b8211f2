//! An example of each event and command.

use chrono::TimeDelta;

use super::{
    AccessDecision, AccessLine, AccessLineDecided, AccessReason, AccessReviewClosed, AccessReviewOpened, Command,
    DecideAccessLine, Event, NewAccessReview,
};
use crate::Role;
use crate::given::{id, now};

/// The review of every test.
pub const REVIEW: u128 = 96;

fn lines(count: u32) -> Vec<AccessLine> {
    let line = |line: u32| {
        let last_access = now() - TimeDelta::days(line.into());
        AccessLine { line, subject: format!("staff-{line}"), role: Role::FrontDesk, last_access, accesses: 12 }
    };
    (1..=count).map(line).collect()
}

pub fn opened(count: u32) -> Event {
    let (from, to) = (now() - TimeDelta::days(92), now());
    let opened_by = "officer-1".into();
    AccessReviewOpened { access_review_id: id(REVIEW), from, to, as_of_position: 7, lines: lines(count), opened_by }
        .into()
}

pub fn decided(line: u32) -> Event {
    let (decision, reason) = (AccessDecision::Remove, AccessReason::Left);
    AccessLineDecided { line, decision, reason, decided_by: "officer-2".into() }.into()
}

pub fn closed() -> Event {
    AccessReviewClosed { kept: 0, removed: 2, closed_by: "officer-1".into() }.into()
}

/// One of each, in the order of the catalogue.
pub fn all() -> Vec<Event> {
    vec![opened(2), decided(1), closed()]
}

pub fn open(count: u32) -> Command {
    let (from, to) = (now() - TimeDelta::days(92), now());
    Command::Open(NewAccessReview { access_review_id: id(REVIEW), from, to, as_of_position: 7, lines: lines(count) })
}

pub fn decide(line: u32) -> Command {
    Command::Decide(DecideAccessLine { line, decision: AccessDecision::Remove, reason: AccessReason::Left })
}

pub fn close() -> Command {
    Command::Close
}
