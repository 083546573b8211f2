//! A patient taken in, and who was seen on the call, in examples.

use chrono::NaiveDate;

use super::*;
use crate::given::{PROVIDER, code, id, now, text};
use crate::law::Reliance;
use crate::visit::example::place;
use crate::visit::{Command, Event, Participant};
use crate::{Licence, LicenceKind, Role};

pub fn licence(jurisdiction: &str, from: &str, to: &str) -> Licence {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (jurisdiction, from, to) = (place(jurisdiction), day(from), day(to));
    Licence::new(jurisdiction, text("12345-20"), LicenceKind::Full, from, to)
}

/// Licensed in Wisconsin all year.
pub fn licensed() -> AdmitFacts {
    AdmitFacts {
        licences: vec![licence("WI", "2026-01-01", "2026-12-31")],
        supervisor_licences: vec![licence("WI", "2026-01-01", "2026-12-31")],
        time_zone: "America/Chicago".try_into().unwrap(),
        reliance: Reliance::simulated(),
    }
}

pub mod events {
    use super::*;

    pub fn admitted() -> Event {
        Admitted {
            provider_id: id(PROVIDER),
            jurisdiction: Some(place("WI")),
            licence_number: Some(text("12345-20")),
            on: "2026-03-02".parse().unwrap(),
            overridden_gates: vec![],
            emergency_id: None,
        }
        .into()
    }

    pub fn joined(participant: Participant, connection: &str) -> Event {
        ParticipantJoined { participant, participant_id: None, connection: code(connection), observed_at: now() }.into()
    }

    pub fn left(participant: Participant, connection: &str, reason: LeaveReason) -> Event {
        ParticipantLeft { participant, participant_id: None, connection: code(connection), reason, observed_at: now() }
            .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![admitted(), joined(Participant::Patient, "PA_1"), left(Participant::Patient, "PA_1", LeaveReason::Dropped)]
    }
}

pub mod commands {
    use super::*;

    pub fn admit() -> Command {
        Command::Admit(Admit {}, licensed())
    }

    pub fn observe_join(participant: Participant, connection: &str) -> Command {
        Command::ObserveJoin(ObserveJoin {
            participant,
            participant_id: None,
            connection: code(connection),
            observed_at: None,
        })
    }

    pub fn observe_leave(participant: Participant, connection: &str, reason: LeaveReason) -> Command {
        Command::ObserveLeave(ObserveLeave {
            participant,
            participant_id: None,
            connection: code(connection),
            reason,
            observed_at: None,
        })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Provider, admit()),
            (Role::System, observe_join(Participant::Patient, "PA_1")),
            (Role::System, observe_leave(Participant::Patient, "PA_1", LeaveReason::Dropped)),
        ]
    }
}
