//! A diagnosis recorded and removed.

use super::DiagnosisRemovalReason;
use crate::visit::declare::payloads;
use crate::{DiagnosisCode, Phi, ProviderId, Text};

payloads! {
    /// The provider found what the patient has.
    DiagnosisRecorded {
        /// Its place on the visit's list, from 1; never given again.
        diagnosis_number: u8,
        /// ICD-10-CM, checked by its shape.
        code: Phi<DiagnosisCode>,
        /// In words.
        description: Phi<Text<300>>,
        /// Whether it is the foremost from now on.
        primary: bool,
        /// Who found it.
        provider_id: ProviderId,
    }

    /// A diagnosis was taken off the list.
    DiagnosisRemoved {
        /// Which.
        diagnosis_number: u8,
        /// Why.
        reason: DiagnosisRemovalReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// Who took it off.
        provider_id: ProviderId,
    }
}
