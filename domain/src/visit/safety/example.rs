//! Contacts and an emergency in examples.

use super::*;
use crate::given::{id, text};
use crate::visit::example::place;
use crate::visit::{Command, Event};
use crate::{Jurisdiction, Phi, PhoneNumber, Role};

/// The emergency of every test visit that has one.
pub const EMERGENCY: u128 = 60;

fn number() -> PhoneNumber {
    PhoneNumber::try_from("+1 608 555 0142").unwrap()
}

fn contact() -> EmergencyContact {
    let relationship = Some(text("Sister, at work by day"));
    EmergencyContact { name: text("Rest Muster"), relationship, phone: number() }
}

pub mod events {
    use super::*;

    pub fn callback_number_given() -> Event {
        CallbackNumberGiven { number: Phi::Clear(number()), given_by: Role::Patient }.into()
    }

    pub fn emergency_contact_recorded() -> Event {
        let contact = Some(Phi::Clear(contact()));
        EmergencyContactRecorded { answer: ContactAnswer::Given, contact, recorded_by: Role::Patient }.into()
    }

    fn declared(jurisdiction: Option<Jurisdiction>) -> Event {
        EmergencyDeclared {
            emergency_id: id(EMERGENCY),
            kind: Phi::Clear(EmergencyKind::ChestPain),
            actions: vec![EmergencyAction::EmergencyServicesCalled, EmergencyAction::StayedOnCall],
            details: Some(Phi::Clear(text("Feels pressure, at work."))),
            jurisdiction,
            declared_by: Role::Provider,
        }
        .into()
    }

    pub fn emergency_declared() -> Event {
        declared(Some(place("WI")))
    }

    /// Declared before the patient attested where they are.
    pub fn emergency_declared_nowhere() -> Event {
        declared(None)
    }

    pub fn emergency_closed() -> Event {
        EmergencyClosed {
            emergency_id: id(EMERGENCY),
            outcome: Phi::Clear(EmergencyOutcome::HandedOver),
            actions: vec![EmergencyAction::EmergencyContactCalled],
            details: Some(Phi::Clear(text("The crew is with the patient at work."))),
            closed_by: Role::Provider,
        }
        .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![callback_number_given(), emergency_contact_recorded(), emergency_declared(), emergency_closed()]
    }
}

pub mod commands {
    use super::*;

    pub fn give_callback_number() -> Command {
        Command::GiveCallbackNumber(GiveCallbackNumber { number: number() })
    }

    pub fn record_emergency_contact() -> Command {
        let (answer, contact) = (ContactAnswer::Given, Some(contact()));
        Command::RecordEmergencyContact(RecordEmergencyContact { answer, contact })
    }

    pub fn declare_emergency(emergency: u128) -> Command {
        let command = DeclareEmergency {
            kind: EmergencyKind::ChestPain,
            actions: vec![EmergencyAction::EmergencyServicesCalled, EmergencyAction::StayedOnCall],
            details: Some(text("Feels pressure, at work.")),
        };
        Command::DeclareEmergency(command, NewEmergency { emergency_id: id(emergency) })
    }

    pub fn close_emergency() -> Command {
        Command::CloseEmergency(CloseEmergency {
            emergency_id: id(EMERGENCY),
            outcome: EmergencyOutcome::HandedOver,
            actions: vec![EmergencyAction::EmergencyContactCalled],
            details: Some(text("The crew is with the patient at work.")),
        })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Patient, give_callback_number()),
            (Role::Patient, record_emergency_contact()),
            (Role::Provider, declare_emergency(EMERGENCY)),
            (Role::Provider, close_emergency()),
        ]
    }
}
