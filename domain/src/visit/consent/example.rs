//! Consent given, declined and taken back, in examples.

use super::*;
use crate::Role;
use crate::given::code;
use crate::visit::{Command, Event, Participant};

pub mod events {
    use super::*;

    pub fn consent_given(kind: ConsentKind, version: &str) -> Event {
        ConsentGiven { participant: Participant::Patient, kind, text_version: code(version) }.into()
    }

    pub fn consent_declined(kind: ConsentKind, version: &str) -> Event {
        ConsentDeclined { participant: Participant::Patient, kind, text_version: code(version) }.into()
    }

    pub fn consent_withdrawn(kind: ConsentKind, version: &str) -> Event {
        ConsentWithdrawn { participant: Participant::Patient, kind, text_version: code(version) }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            consent_given(ConsentKind::Telehealth, "telehealth/3"),
            consent_declined(ConsentKind::Recording, "recording/1"),
            consent_withdrawn(ConsentKind::Recording, "recording/1"),
        ]
    }
}

pub mod commands {
    use super::*;

    pub fn give_consent(kind: ConsentKind, version: &str) -> Command {
        Command::GiveConsent(GiveConsent { kind, text_version: code(version) })
    }

    pub fn decline_consent(kind: ConsentKind, version: &str) -> Command {
        Command::DeclineConsent(DeclineConsent { kind, text_version: code(version) })
    }

    pub fn withdraw_consent(kind: ConsentKind) -> Command {
        Command::WithdrawConsent(WithdrawConsent { kind })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Patient, give_consent(ConsentKind::Telehealth, "telehealth/3")),
            (Role::Patient, decline_consent(ConsentKind::Telehealth, "telehealth/3")),
            (Role::Patient, withdraw_consent(ConsentKind::Telehealth)),
        ]
    }
}
