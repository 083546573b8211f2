//! Whom an event is about, and how sensitive it is: what picks the key it is sealed under (ledger.md section 7).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PatientId;

/// Sensitivity class of an event's protected fields; each patient has one data key a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Everything that law does not treat apart.
    #[default]
    General,
    /// Psychotherapy notes, 45 CFR 164.501.
    Psychotherapy,
    /// Substance use disorder records, 42 CFR Part 2.
    Sud,
    /// What the patient asked to keep apart, 45 CFR 164.522.
    Confidential,
}

impl Class {
    /// The class's name as stored and as bound into the wrapping of its keys.
    pub fn name(self) -> &'static str {
        match self {
            Class::General => "general",
            Class::Psychotherapy => "psychotherapy",
            Class::Sud => "sud",
            Class::Confidential => "confidential",
        }
    }
}

/// The one patient, and the one class, an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The patient whose key seals the event.
    pub patient: PatientId,
    /// Which of the patient's keys.
    pub class: Class,
}
