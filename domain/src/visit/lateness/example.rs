//! A late arrival in examples.

use super::*;
use crate::Role;
use crate::visit::{Command, Event};

/// The clinic of every test.
pub fn lateness_rules() -> LatenessRules {
    LatenessRules { grace_minutes: 15, responses: LateResponse::all() }
}

pub mod events {
    use super::*;

    pub fn late_arrival_recorded() -> Event {
        LateArrivalRecorded {
            late_minutes: 30,
            grace_minutes: 15,
            response: LateResponse::Shorten,
            shortened_to_minutes: Some(10),
            recorded_by: Role::FrontDesk,
        }
        .into()
    }

    pub fn late_arrival_reversed() -> Event {
        LateArrivalReversed { reason: LateReversalReason::WasHere, reversed_by: Role::FrontDesk }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![late_arrival_recorded(), late_arrival_reversed()]
    }
}

pub mod commands {
    use super::*;

    pub fn record_late_arrival() -> Command {
        let command = RecordLateArrival { response: LateResponse::Shorten, shortened_to_minutes: Some(10) };
        Command::RecordLateArrival(command, LateFacts { rules: lateness_rules() })
    }

    pub fn reverse_late_arrival() -> Command {
        Command::ReverseLateArrival(ReverseLateArrival { reason: LateReversalReason::WasHere })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::FrontDesk, record_late_arrival()), (Role::FrontDesk, reverse_late_arrival())]
    }
}
