//! The manifest: of which log an export is, what it is of, and its files.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time::is_time;

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

impl Manifest {
    /// The bytes of it. There is one for each manifest and no other way to write it.
    pub fn bytes(&self) -> Vec<u8> {
        // Plain texts, numbers and times always serialize.
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// Reads one, and takes it only as [`Self::bytes`] writes it: nobody can read something else in it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let (from, to) = match manifest.scope {
            Scope::Time { from, to } => (from, to),
            Scope::Visit { .. } | Scope::Patient { .. } | Scope::Clinic {} => {
                (manifest.exported_at, manifest.exported_at)
            }
        };
        if manifest.format != FORMAT {
            Err(format!("its format is not {FORMAT}"))
        } else if manifest.bytes() != bytes {
            Err("it is written in another way than the one there is".into())
        } else if ![manifest.exported_at, from, to].iter().all(is_time) {
            Err("a time in it is none of the years 0001 to 9999, or a leap second".into())
        } else {
            Ok(manifest)
        }
    }
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
