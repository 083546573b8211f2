//! What can be asked of a patient's record.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::PatientImported;
use crate::{Language, PatientId, Private, Text};

/// Everything that can be asked, with the facts looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Take a new patient into the clinic's record.
    Register(Register, NewPatient),
    /// Take in another system's record of a patient: what the importer read, under the id derived from it.
    Import(Box<PatientImported>),
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Register(..) => "register",
            Command::Import(_) => "import",
        }
    }
}

/// Take a new patient into the clinic's record.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Given names.
    pub given_name: Text<100>,
    /// Family name.
    pub family_name: Text<100>,
    /// Date of birth.
    pub birth_date: Private<NaiveDate>,
    /// Medical record number.
    pub mrn: Option<Text<40>>,
    /// Telephone number.
    pub phone: Option<Text<40>>,
    /// Language the patient prefers to be spoken to in.
    pub preferred_language: Option<Language>,
}

/// The id the new patient gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPatient {
    /// Also the id of the stream.
    pub patient_id: PatientId,
}
