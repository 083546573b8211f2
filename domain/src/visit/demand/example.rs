//! A visit asked for, taken, declined and expired, in examples.

use chrono::Duration;

use super::*;
use crate::given::{PATIENT, PROVIDER, id, now, text};
use crate::visit::example::{licensed, place};
use crate::visit::{Command, Event, Modality, Scheduled};
use crate::{Phi, Role};

pub mod events {
    use super::*;

    pub fn requested() -> Event {
        Requested {
            patient_id: id(PATIENT),
            modality: Modality::Video,
            reason: Phi::Clear(text("Sore throat")),
            jurisdiction: place("WI"),
            earliest: None,
            latest: Some(now() + Duration::hours(1)),
            requested_by: Role::Patient,
        }
        .into()
    }

    pub fn claimed() -> Event {
        Claimed { provider_id: id(PROVIDER), licence_number: text("12345-20") }.into()
    }

    /// What stands beside a claim.
    pub fn scheduled_on_demand() -> Event {
        let (patient_id, provider_id) = (id(PATIENT), id(PROVIDER));
        let (starts_at, modality) = (now(), Modality::Video);
        Scheduled { patient_id, provider_id, starts_at, duration_minutes: 20, modality, reason: None }.into()
    }

    pub fn request_declined() -> Event {
        RequestDeclined { provider_id: id(PROVIDER), reason: DeclineReason::OutsideSpecialty }.into()
    }

    pub fn request_expired() -> Event {
        RequestExpired { latest: now() + Duration::hours(1) }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![requested(), claimed(), request_declined(), request_expired()]
    }
}

pub mod commands {
    use super::*;

    pub fn request() -> Command {
        let command = RequestVisit {
            patient_id: id(PATIENT),
            modality: Modality::Video,
            reason: text("Sore throat"),
            jurisdiction: place("WI"),
            earliest: None,
            latest: Some(now() + Duration::hours(1)),
        };
        Command::RequestVisit(command, RequestFacts { patient_registered: true })
    }

    pub fn claim() -> Command {
        let command = Claim { duration_minutes: 20, starts_at: None, overbook: None };
        Command::Claim(command, ClaimFacts { starts_at: now(), in_hours: true, licences: licensed() })
    }

    pub fn decline_request() -> Command {
        Command::DeclineRequest(DeclineRequest { reason: DeclineReason::OutsideSpecialty })
    }

    pub fn expire_request() -> Command {
        Command::ExpireRequest(ExpireRequest {})
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Patient, request()),
            (Role::Provider, claim()),
            (Role::Provider, decline_request()),
            (Role::FrontDesk, expire_request()),
        ]
    }
}
