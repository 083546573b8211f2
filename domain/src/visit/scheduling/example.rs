//! A visit set up, called off, and never come to, in examples.

use chrono::{DateTime, Duration, Utc};

use super::*;
use crate::given::{PATIENT, PROVIDER, id, now, text};
use crate::visit::{Command, Event, Modality};
use crate::{Phi, Role};

/// Another provider of the clinic.
pub const COLLEAGUE: u128 = 88;

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

    pub fn rescheduled() -> Event {
        Rescheduled {
            by: Party::Patient,
            reason: RescheduleReason::PatientAsked,
            from_starts_at: starts_at(),
            from_duration_minutes: 20,
            starts_at: starts_at() + Duration::days(1),
            duration_minutes: 20,
        }
        .into()
    }

    pub fn cancelled() -> Event {
        let details = Some(Phi::Clear(text("Feels better.")));
        Cancelled { by: Party::Patient, reason: CancelReason::NoLongerNeeded, details, late_charge: None }.into()
    }

    pub fn no_show_recorded() -> Event {
        NoShowRecorded { grace_minutes: 15 }.into()
    }

    pub fn handed_over() -> Event {
        let (from_provider_id, to_provider_id) = (id(PROVIDER), id(COLLEAGUE));
        HandedOver { from_provider_id, to_provider_id, reason: HandOverReason::Coverage }.into()
    }

    pub fn no_show_reversed() -> Event {
        NoShowReversed { reason: NoShowReversalReason::CameLate }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![scheduled(), rescheduled(), cancelled(), no_show_recorded(), no_show_reversed(), handed_over()]
    }
}

pub mod commands {
    use super::*;

    pub fn schedule() -> Command {
        let command = Schedule {
            patient_id: id(PATIENT),
            provider_id: id(PROVIDER),
            starts_at: starts_at().into(),
            duration_minutes: 20,
            modality: Modality::Video,
            reason: Some(text("Sore throat")),
            overbook: None,
            hold_id: None,
        };
        let when = When { starts_at: Ok(starts_at()), in_hours: true };
        Command::Schedule(command, ScheduleFacts { patient_registered: true, provider_registered: true, when })
    }

    pub fn reschedule() -> Command {
        let starts_at = starts_at() + Duration::days(1);
        let (by, reason) = (Party::Patient, RescheduleReason::PatientAsked);
        let command = Reschedule {
            by,
            reason,
            starts_at: starts_at.into(),
            duration_minutes: None,
            overbook: None,
            hold_id: None,
        };
        Command::Reschedule(command, When { starts_at: Ok(starts_at), in_hours: true })
    }

    pub fn cancel() -> Command {
        let details = Some(text("Feels better."));
        Command::Cancel(Cancel { by: Party::Patient, reason: CancelReason::NoLongerNeeded, details, late_charge: None })
    }

    pub fn record_no_show() -> Command {
        Command::RecordNoShow(RecordNoShow {}, NoShowFacts { grace_minutes: 15 })
    }

    pub fn hand_over() -> Command {
        let (to_provider_id, reason) = (id(COLLEAGUE), HandOverReason::Coverage);
        let command = HandOver { to_provider_id, reason, overbook: None };
        Command::HandOver(command, HandOverFacts { provider_registered: true, in_hours: true })
    }

    pub fn reverse_no_show() -> Command {
        Command::ReverseNoShow(ReverseNoShow { reason: NoShowReversalReason::CameLate })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        [schedule(), reschedule(), hand_over(), cancel(), record_no_show(), reverse_no_show()]
            .map(|command| (Role::FrontDesk, command))
            .into()
    }
}
