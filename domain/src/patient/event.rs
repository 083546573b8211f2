//! What happens to a patient's record.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Language, PatientId, Phi, Text};

/// A patient was taken into the clinic's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PatientRegistered {
    /// The patient, also the id of the stream.
    pub patient_id: PatientId,
    /// Given names.
    pub given_name: Phi<Text<100>>,
    /// Family name.
    pub family_name: Phi<Text<100>>,
    /// Date of birth.
    pub birth_date: Phi<NaiveDate>,
    /// Medical record number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mrn: Option<Phi<Text<40>>>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phi<Text<40>>>,
    /// Language the patient prefers to be spoken to in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<Language>,
}

crate::catalogue! {
    /// A fact about a patient's record.
    pub enum Event {
        "patient-registered" "1.0" => PatientRegistered, "A patient was taken into the clinic's record.";
    }
}
