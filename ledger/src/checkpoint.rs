//! Checkpoints (C2SP tlog-checkpoint 1.0): a log's size and root, signed by its key.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::format::Hash;
use crate::note::{self, NoteError, NoteVerifier};

/// A signed head of one clinic's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub size: u64,
    pub root: Hash,
    pub signature: [u8; 64],
}

impl Checkpoint {
    /// The whole note, as served and kept by auditors.
    pub fn note(&self, key: &NoteVerifier) -> String {
        format!("{}\n{}", text(key.name(), self.size, &self.root), key.line(&self.signature))
    }
}

/// The text that is signed: origin, size, root, a line each.
pub fn text(origin: &str, size: u64, root: &Hash) -> String {
    format!("{origin}\n{size}\n{}\n", STANDARD.encode(root))
}

/// Reads a checkpoint note and checks its signature and its origin (the key's name). Only canonical text is accepted.
pub fn open(note: &str, key: &NoteVerifier) -> Result<(u64, Hash), NoteError> {
    let (origin, size, root) = read(note::open(note, key)?)?;
    if origin == key.name() {
        Ok((size, root))
    } else {
        Err(NoteError::Malformed("the checkpoint is of another origin"))
    }
}

/// What a checkpoint's text says: origin, size and root. Lines may follow that are not read. Only canonical text is accepted.
pub fn read(signed: &str) -> Result<(&str, u64, Hash), NoteError> {
    let mut lines = signed.lines();
    let origin = lines.next().unwrap_or_default();
    let size = lines
        .next()
        .and_then(|line| line.parse::<u64>().ok())
        .ok_or(NoteError::Malformed("the size is not a number"))?;
    let root = lines.next().and_then(|line| STANDARD.decode(line).ok()).and_then(|bytes| Hash::try_from(bytes).ok());
    let root = root.ok_or(NoteError::Malformed("the root is not 32 bytes of base64"))?;
    if signed.starts_with(&text(origin, size, &root)) {
        Ok((origin, size, root))
    } else {
        Err(NoteError::Malformed("the text is not canonical"))
    }
}
