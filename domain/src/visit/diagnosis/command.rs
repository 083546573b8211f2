//! Record a diagnosis, or take one off the list.

use super::DiagnosisRemovalReason;
use crate::visit::declare::commands;
use crate::{DiagnosisCode, Text};

commands! {
    /// Record what the patient has. It gets the next number of the list, which is never given again.
    RecordDiagnosis {
        /// ICD-10-CM, checked by its shape: whether such a code exists on that day no rule knows.
        code: DiagnosisCode,
        /// In words.
        description: Text<300>,
        /// Whether it is the foremost. The newest that is said to be so counts.
        #[serde(default)]
        primary: bool,
    }

    /// Take a diagnosis off the list. Its number stays taken.
    RemoveDiagnosis {
        /// Which.
        diagnosis_number: u8,
        /// Why.
        reason: DiagnosisRemovalReason,
        /// More about why.
        details: Option<Text<500>>,
    }
}
