//! Attach a file, or remove one.

use super::{FileRemovalReason, MediaType};
use crate::visit::declare::commands;
use crate::{FileId, Sha256Hex, Text};

commands! {
    /// Keep a file with the visit.
    AttachFile {
        /// What whoever sends it calls it; it ends as its kind does.
        name: Text<255>,
    }

    /// Take a file away.
    RemoveFile {
        /// Which.
        file_id: FileId,
        /// Why.
        reason: FileRemovalReason,
        /// More about why.
        details: Option<Text<500>>,
    }
}

/// What was found of the bytes when they were taken in and stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// The id the file gets.
    pub file_id: FileId,
    /// What the bytes are.
    pub media_type: MediaType,
    /// How many there are.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: Sha256Hex,
}
