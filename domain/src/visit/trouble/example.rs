//! When the straight way does not work, in examples.

use super::*;
use crate::given::{now, text};
use crate::visit::{Command, Event, Modality};
use crate::{Phi, PhoneNumber, Role};

fn number() -> PhoneNumber {
    PhoneNumber::try_from("+1 608 555 0142").unwrap()
}

pub mod events {
    use super::*;

    pub fn contact_attempted() -> Event {
        ContactAttempted {
            means: ContactMeans::Phone,
            outcome: ContactOutcome::LeftMessage,
            number: Some(Phi::Clear(number())),
            details: Some(Phi::Clear(text("Asked to call back about the Culture."))),
            attempted_by: Role::FrontDesk,
        }
        .into()
    }

    pub fn contact_reached() -> Event {
        ContactAttempted {
            means: ContactMeans::Phone,
            outcome: ContactOutcome::Reached,
            number: Some(Phi::Clear(number())),
            details: None,
            attempted_by: Role::FrontDesk,
        }
        .into()
    }

    pub fn by_phone() -> Event {
        ModalityChanged {
            from: Modality::Video,
            to: Modality::Phone,
            reason: ModalityReason::Technical,
            details: Some(Phi::Clear(text("The picture froze at work."))),
            changed_at: now(),
            changed_by: Role::Provider,
        }
        .into()
    }

    pub fn technical_failure() -> Event {
        TechnicalFailure {
            side: FailureSide::Patient,
            kind: FailureKind::Camera,
            resolution: FailureResolution::ModalityChanged,
            details: Some(Phi::Clear(text("The camera is at work."))),
            reported_by: Role::Provider,
        }
        .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![contact_attempted(), by_phone(), technical_failure()]
    }
}

pub mod commands {
    use super::*;

    pub fn record_contact_attempt() -> Command {
        Command::RecordContactAttempt(RecordContactAttempt {
            means: ContactMeans::Phone,
            outcome: ContactOutcome::LeftMessage,
            number: Some(number()),
            details: Some(text("Asked to call back about the Culture.")),
        })
    }

    pub fn change_modality(to: Modality) -> Command {
        let details = Some(text("The picture froze at work."));
        Command::ChangeModality(ChangeModality { to, reason: ModalityReason::Technical, details })
    }

    pub fn report_technical_failure() -> Command {
        Command::ReportTechnicalFailure(ReportTechnicalFailure {
            side: FailureSide::Patient,
            kind: FailureKind::Camera,
            resolution: FailureResolution::ModalityChanged,
            details: Some(text("The camera is at work.")),
        })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::FrontDesk, record_contact_attempt()),
            (Role::Provider, change_modality(Modality::Phone)),
            (Role::Provider, report_technical_failure()),
        ]
    }
}
