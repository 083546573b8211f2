//! Interpreters in examples.

use super::*;
use crate::given::{code, id, text};
use crate::visit::{Command, Event};
use crate::{Language, Phi, Role};

/// The interpreter of every test visit that has one.
pub const INTERPRETER: u128 = 70;

fn language(tag: &str) -> Language {
    tag.try_into().unwrap()
}

pub mod events {
    use super::*;

    pub fn interpreter_requested(tag: &str) -> Event {
        let modality = InterpreterModality::Video;
        InterpreterRequested { language: language(tag), modality, requested_by: Role::Patient }.into()
    }

    pub fn interpreter_assigned(participant: u128) -> Event {
        InterpreterAssigned {
            participant_id: id(participant),
            language: language("hmn"),
            qualification: InterpreterQualification::CertifiedMedical,
            agency_id: Some(code("agency-4")),
            interpreter_number: Some(code("20417")),
            assigned_by: Role::FrontDesk,
        }
        .into()
    }

    pub fn interpreter_joined() -> Event {
        InterpreterJoined {
            participant_id: id(INTERPRETER),
            language: language("hmn"),
            qualification: InterpreterQualification::CertifiedMedical,
            agency_id: Some(code("agency-4")),
            recorded_by: Role::Provider,
        }
        .into()
    }

    pub fn interpreter_declined() -> Event {
        InterpreterDeclined {
            instead: InsteadOfInterpreter::AdultCompanion,
            reason: Some(Phi::Clear(text("My sister speaks Hmong."))),
            declined_by: Role::Patient,
        }
        .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            interpreter_requested("hmn"),
            interpreter_assigned(INTERPRETER),
            interpreter_joined(),
            interpreter_declined(),
        ]
    }
}

pub mod commands {
    use super::*;

    pub fn request_interpreter(tag: &str) -> Command {
        let (language, modality) = (language(tag), InterpreterModality::Video);
        Command::RequestInterpreter(RequestInterpreter { language, modality })
    }

    pub fn assign_interpreter(participant: u128) -> Command {
        let command = AssignInterpreter {
            qualification: InterpreterQualification::CertifiedMedical,
            agency_id: Some(code("agency-4")),
            interpreter_number: Some(code("20417")),
        };
        Command::AssignInterpreter(command, NewParticipant { participant_id: id(participant) })
    }

    pub fn record_interpreter_joined() -> Command {
        Command::RecordInterpreterJoined(RecordInterpreterJoined { participant_id: id(INTERPRETER) })
    }

    pub fn decline_interpreter() -> Command {
        let reason = Some(text("My sister speaks Hmong."));
        Command::DeclineInterpreter(DeclineInterpreter { instead: InsteadOfInterpreter::AdultCompanion, reason })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Patient, request_interpreter("hmn")),
            (Role::FrontDesk, assign_interpreter(INTERPRETER)),
            (Role::Provider, record_interpreter_joined()),
            (Role::Patient, decline_interpreter()),
        ]
    }
}
