//! A visit set up, called off, and never come to, in examples.

use chrono::{DateTime, Duration, Utc};

use super::*;
use crate::given::{PATIENT, PROVIDER, id, now, text};
use crate::visit::{Command, Event, Modality};
use crate::{Phi, Role};

/// The visit was to start half an hour ago: late enough for a no-show, not too late for anything else.
pub fn starts_at() -> DateTime<Utc> {
    now() - Duration::minutes(30)
}

pub mod events {
    use super::*;

    pub fn scheduled() -> Event {
        Scheduled {
            patient_id: id(PATIENT),
            provider_id: id(PROVIDER),
            starts_at: starts_at(),
            duration_minutes: 20,
            modality: Modality::Video,
            reason: Some(Phi::Clear(text("Sore throat"))),
        }
        .into()
    }

    pub fn cancelled() -> Event {
        let details = Some(Phi::Clear(text("Feels better.")));
        Cancelled { by: Party::Patient, reason: CancelReason::NoLongerNeeded, details }.into()
    }

    pub fn no_show_recorded() -> Event {
        NoShowRecorded { grace_minutes: 15 }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![scheduled(), cancelled(), no_show_recorded()]
    }
}

pub mod commands {
    use super::*;

    pub fn schedule() -> Command {
        let command = Schedule {
            patient_id: id(PATIENT),
            provider_id: id(PROVIDER),
            starts_at: starts_at(),
            duration_minutes: 20,
            modality: Modality::Video,
            reason: Some(text("Sore throat")),
        };
        Command::Schedule(command, ScheduleFacts { patient_registered: true, provider_registered: true })
    }

    pub fn cancel() -> Command {
        let details = Some(text("Feels better."));
        Command::Cancel(Cancel { by: Party::Patient, reason: CancelReason::NoLongerNeeded, details })
    }

    pub fn record_no_show() -> Command {
        Command::RecordNoShow(RecordNoShow {}, NoShowFacts { grace_minutes: 15 })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::FrontDesk, schedule()), (Role::FrontDesk, cancel()), (Role::FrontDesk, record_no_show())]
    }
}
