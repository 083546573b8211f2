//! Events of the access streams: who read what, who took it away, and who was turned away. No aggregate stands behind them: the access
//! layer appends them itself, before the data leaves. They name people by id only and carry no PHI.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AgeRecipient, Code, PatientId, Role, VisitId};

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

/// What an export is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExportOf {
    /// A visit, and who looked at it.
    Visit,
    /// Everything about a patient.
    Patient,
    /// Everything recorded in a time.
    Time,
    /// The clinic's whole log.
    Clinic,
}

/// In which form an export leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExportForm {
    /// A bundle, which proves itself.
    Bundle,
    /// A table. Proves nothing.
    Csv,
    /// FHIR resources, AuditEvent and Provenance. Prove nothing.
    Fhir,
    /// A page to be printed. Proves nothing.
    Html,
}

/// Whether what is sealed leaves with an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExportContent {
    /// It stays. That is not de-identified: ids and times of care leave.
    Withheld,
    /// It leaves, and can be opened by whom it is encrypted for.
    Included,
}

/// Someone takes a part of the log away. Recorded before the first byte leaves; whether the last one did, nobody here knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExportMade {
    /// Their subject at the identity provider.
    pub taker: String,
    /// In which role they take it.
    pub role: Role,
    /// What it is of.
    pub of: ExportOf,
    /// Of which visit, where it is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_id: Option<VisitId>,
    /// Of which patient, where it is of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient_id: Option<PatientId>,
    /// From when, where it is of a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Until when, itself not included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// In which form.
    pub form: ExportForm,
    /// Whether what is sealed leaves too.
    pub content: ExportContent,
    /// For whom, as the clinic calls them, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Code>,
    /// The public key (age) that its content is encrypted for, where it has content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_key: Option<AgeRecipient>,
    /// Why.
    pub reason: Code,
    /// Whose it is, where it is of a visit or a patient, or has content; otherwise it is of everybody in what it is of.
    pub patients: Vec<PatientId>,
    /// The policies that permitted it.
    pub policies: Vec<Code>,
}

crate::catalogue! {
    /// What happened at the door to PHI.
    pub enum AccessEvent {
        "phi-read" "1.0" => PhiRead, "Someone was shown PHI; recorded before it left.";
        "access-denied" "1.0" => AccessDenied, "Someone asked for PHI and was turned away.";
        "export-made" "1.0" => ExportMade, "Someone takes a part of the log away; recorded before it left.";
    }
}

impl AccessEvent {
    /// The visit that was asked for, if it was one.
    pub fn visit(&self) -> Option<Uuid> {
        let of = |kind: &Code, id: Option<Uuid>| id.filter(|_| kind.as_str() == "visit");
        match self {
            AccessEvent::PhiRead(read) => of(&read.resource_kind, read.resource_id),
            AccessEvent::AccessDenied(denied) => of(&denied.resource_kind, denied.resource_id),
            AccessEvent::ExportMade(made) => made.visit_id.map(|visit| visit.0),
        }
    }
}
