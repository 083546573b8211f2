//! Diagnoses in examples.

use super::*;
use crate::given::{PROVIDER, id, text};
use crate::visit::{Command, Event};
use crate::{Phi, Role};

pub mod events {
    use super::*;

    pub fn diagnosis_recorded(diagnosis_number: u8) -> Event {
        DiagnosisRecorded {
            diagnosis_number,
            code: Phi::Clear("J02.9".try_into().unwrap()),
            description: Phi::Clear(text("Sore throat, acute")),
            primary: true,
            provider_id: id(PROVIDER),
        }
        .into()
    }

    pub fn diagnosis_removed(diagnosis_number: u8) -> Event {
        DiagnosisRemoved {
            diagnosis_number,
            reason: DiagnosisRemovalReason::RuledOut,
            details: Some(Phi::Clear(text("Culture negative."))),
            provider_id: id(PROVIDER),
        }
        .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![diagnosis_recorded(1), diagnosis_removed(1)]
    }
}

pub mod commands {
    use super::*;

    pub fn record_diagnosis() -> Command {
        Command::RecordDiagnosis(RecordDiagnosis {
            code: "J02.9".try_into().unwrap(),
            description: text("Sore throat, acute"),
            primary: true,
        })
    }

    pub fn remove_diagnosis(diagnosis_number: u8) -> Command {
        let (reason, details) = (DiagnosisRemovalReason::RuledOut, Some(text("Culture negative.")));
        Command::RemoveDiagnosis(RemoveDiagnosis { diagnosis_number, reason, details })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::Provider, record_diagnosis()), (Role::Provider, remove_diagnosis(1))]
    }
}
