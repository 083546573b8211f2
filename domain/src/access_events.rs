//! Events of the access streams: who read what, and who was turned away. No aggregate stands behind them: the access
//! layer appends them itself, before the data leaves. They name people by id only and carry no PHI.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Code, PatientId, Role};

/// Stream type of reads that concern one patient; the stream's id is the patient's.
pub const PATIENT_STREAM: &str = "access";
/// Stream type of reads of lists and live views; the stream's id is the reader's session.
pub const SESSION_STREAM: &str = "session-access";

/// Why someone reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To treat the patient.
    Treatment,
    /// To be paid for it.
    Payment,
    /// To run the clinic.
    Operations,
    /// Because the patient asked.
    PatientRequest,
    /// To review the record of care or the record of access.
    Audit,
    /// A program's own work, such as showing a visit on another screen.
    System,
}

/// Someone was shown PHI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhiRead {
    /// The reader's subject at the identity provider.
    pub reader: String,
    /// In which role they read.
    pub role: Role,
    /// What they did, as the policies name it.
    pub action: Code,
    /// Kind of thing read, such as `visit` or `patient`.
    pub resource_kind: Code,
    /// Which one, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<Uuid>,
    /// Why.
    pub purpose: Purpose,
    /// Everyone whose PHI was in it.
    pub patients: Vec<PatientId>,
    /// The policies that permitted it.
    pub policies: Vec<Code>,
}

/// Someone asked for PHI and was not shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessDenied {
    /// The reader's subject at the identity provider.
    pub reader: String,
    /// In which role they asked.
    pub role: Role,
    /// What they tried, as the policies name it.
    pub action: Code,
    /// Kind of thing asked for.
    pub resource_kind: Code,
    /// Which one, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<Uuid>,
    /// The purpose they gave.
    pub purpose: Purpose,
    /// Everyone whose PHI was asked for, as far as known.
    pub patients: Vec<PatientId>,
    /// The policies that forbade it; empty where none permitted it.
    pub policies: Vec<Code>,
    /// Why not.
    pub reason: Code,
}

crate::catalogue! {
    /// What happened at the door to PHI.
    pub enum AccessEvent {
        "phi-read" "1.0" => PhiRead, "Someone was shown PHI; recorded before it left.";
        "access-denied" "1.0" => AccessDenied, "Someone asked for PHI and was turned away.";
    }
}

impl AccessEvent {
    /// What was asked for: kind, and which one where it is one.
    pub fn resource(&self) -> (&Code, Option<Uuid>) {
        match self {
            AccessEvent::PhiRead(read) => (&read.resource_kind, read.resource_id),
            AccessEvent::AccessDenied(denied) => (&denied.resource_kind, denied.resource_id),
        }
    }

    /// The visit that was asked for, if it was one.
    pub fn visit(&self) -> Option<Uuid> {
        let (kind, id) = self.resource();
        id.filter(|_| kind.as_str() == "visit")
    }
}
