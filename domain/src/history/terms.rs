//! Closed lists of imported history.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How everything imported is marked wherever it is shown or exported.
pub const MARK: &str = "imported, not witnessed";

/// What kind of thing another system recorded about a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryKind {
    /// A contact with a provider: FHIR Encounter.
    Encounter,
    /// A diagnosis or problem: FHIR Condition.
    Condition,
    /// FHIR AllergyIntolerance.
    Allergy,
    /// A prescription: FHIR MedicationRequest.
    Medication,
    /// A written note: FHIR DocumentReference with its text.
    Note,
}

impl HistoryKind {
    /// Every kind.
    pub const ALL: [HistoryKind; 5] = [
        HistoryKind::Encounter,
        HistoryKind::Condition,
        HistoryKind::Allergy,
        HistoryKind::Medication,
        HistoryKind::Note,
    ];

    /// The kind's name as stored.
    pub fn name(self) -> &'static str {
        match self {
            HistoryKind::Encounter => "encounter",
            HistoryKind::Condition => "condition",
            HistoryKind::Allergy => "allergy",
            HistoryKind::Medication => "medication",
            HistoryKind::Note => "note",
        }
    }
}

/// Who or what history refers to besides patients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DirectoryKind {
    /// FHIR Practitioner.
    Practitioner,
    /// FHIR Organization.
    Organization,
}
