//! Encounter, for whoever plays it as a visit; an import keeps it whole.

use serde::Deserialize;

use super::{Coding, Concept, Participant, Period, Reference};

/// A contact of a patient with a provider.
#[derive(Debug, Deserialize)]
pub struct Encounter {
    pub status: String,
    pub class: Coding,
    #[serde(default, rename = "type")]
    pub kind: Vec<Concept>,
    pub subject: Option<Reference>,
    #[serde(default)]
    pub participant: Vec<Participant>,
    pub period: Option<Period>,
    #[serde(default, rename = "reasonCode")]
    pub reason: Vec<Concept>,
}
