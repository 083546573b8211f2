//! Where an imported fact was read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Code, Sha256Hex};

/// Where an imported fact was read, precisely enough to hold the line beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// The operator's name of the system the export came from. Ids are only unique within it.
    pub source: Code,
    /// SHA-256 of the export's file as it lay there, packed or not.
    pub file_sha256: Sha256Hex,
    /// Line of that file, from 1.
    pub line: u64,
    /// Keyed hash of the resource's bytes, under a key of the clinic's: the same content again is the same fact. Without
    /// the key nobody can try contents.
    pub content_key: Sha256Hex,
}
