//! What was imported.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DirectoryKind, HistoryKind, MAX_RESOURCE, Origin, OriginalDate, Verbatim};
use crate::{Class, Code, PatientId, Phi, Text};

/// Another system's record of a patient was imported. Daybook did not witness what it says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryImported {
    /// Whom it is about; derived from the source's own id of the patient, who may not have been imported (yet).
    pub patient_id: PatientId,
    /// What kind of thing was recorded.
    pub kind: HistoryKind,
    #[serde(flatten)]
    pub origin: Origin,
    /// When it happened or was written, as the source says; absent where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_date: Option<OriginalDate>,
    /// How sensitive it is by the source's security labels. Sealed, because the class alone tells what someone is treated for.
    pub class: Phi<Class>,
    /// The resource's id as the source gave it.
    pub resource_id: Phi<Text<64>>,
    /// The resource as the source wrote it: one line of JSON.
    pub resource: Phi<Verbatim<MAX_RESOURCE>>,
}

/// Another system's entry for a practitioner or an organization was imported. It concerns no patient, so nothing in it
/// can be sealed and only what is public of staff is taken: name and register number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DirectoryImported {
    /// Practitioner or organization.
    pub kind: DirectoryKind,
    #[serde(flatten)]
    pub origin: Origin,
    /// The entry's id as the source gave it.
    pub resource_id: Code,
    /// Name.
    pub name: Text<200>,
    /// National Provider Identifier, as the source has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub npi: Option<Code>,
}

crate::catalogue! {
    /// A fact about an export that was read.
    pub enum Event {
        "history-imported" "1.0" => HistoryImported, "Another system's record of a patient was imported; Daybook did not witness what it says.";
        "directory-imported" "1.0" => DirectoryImported, "Another system's entry for a practitioner or an organization was imported.";
    }
}
