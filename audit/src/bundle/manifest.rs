//! The manifest: of which log an export is, what it is of, and its files.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The format's name and version.
pub const FORMAT: &str = "daybook-export/1";

/// What an export says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The clinic.
    pub clinic_id: Uuid,
    /// The log's name.
    pub origin: String,
    /// The log's size when the export was made.
    pub size: u64,
    /// When that was.
    pub exported_at: DateTime<Utc>,
    /// What it is of.
    pub scope: Scope,
    /// Whether sealed values are in it.
    pub content: Content,
    /// The public key (age) that what opens it is encrypted for; only where there is content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_key: Option<String>,
    /// The streams it holds, and whether whole.
    pub streams: Vec<StreamPart>,
    /// How many events.
    pub events: u64,
    /// Every other file, by path.
    pub files: Vec<File>,
}

/// What an export is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scope {
    /// A visit, and who looked at it.
    Visit {
        /// Which.
        visit_id: Uuid,
    },
    /// Everything about a patient.
    Patient {
        /// Which.
        patient_id: Uuid,
    },
    /// Every event recorded in a time, first moment included, last not.
    Time {
        /// From when.
        from: DateTime<Utc>,
        /// Until when.
        to: DateTime<Utc>,
    },
    /// Everything in the clinic's log.
    Clinic {},
}

/// Whether sealed values are in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// They were left out; their hashes are there, so that everything still verifies. That is not de-identified.
    Withheld,
    /// They are there, and beside them what opens each event, encrypted for the recipient.
    Included,
}

/// A stream of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamPart {
    /// Its type.
    pub stream_type: String,
    /// Its id.
    pub stream_id: Uuid,
    /// Whether every event of it is there, from the first to the last when the export was made.
    pub whole: bool,
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its path in the bundle.
    pub path: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}
