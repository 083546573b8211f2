//! A checkpoint that somebody kept elsewhere, as a note, and what makes it a head that a log is held against.

use daybook_ledger::checkpoint;
use daybook_ledger::epochs::{self, Epoch};
use daybook_ledger::kept::EpochHead;
use daybook_ledger::note::{self, NoteError};
use uuid::Uuid;

use crate::policy::{Distrust, Policy};

/// A checkpoint with all its signatures is shorter, in bytes.
pub const LONGEST_CHECKPOINT: usize = 64 * 1024;

/// A checkpoint, not yet believed.
pub struct KeptNote {
    note: String,
    /// The clinic whose log it says it is of, and the epoch.
    pub clinic: Uuid,
    epoch: u64,
}

/// Why it is none that a log can be held against.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// It is no note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// It is a note of something else.
    #[error("its first line is no clinic's log")]
    NoLog,
    /// There is nothing to hold against it.
    #[error("it is of clinic {0}, which has no log here")]
    UnknownLog(Uuid),
    /// Its signature is of another key, or is wrong.
    #[error(
        "it is not one of the key that this log has here: {0}. If it was kept from this log, the key was exchanged; a trust \
         policy (--policy) says which is right"
    )]
    OtherKey(NoteError),
    /// The policy does not believe it.
    #[error(transparent)]
    Distrust(#[from] Distrust),
}

impl KeptNote {
    /// Reads one; `note` has [`LONGEST_CHECKPOINT`] bytes at most.
    pub fn read(note: String) -> Result<Self, KeptError> {
        let (signed, _) = note::split(&note)?;
        let origin = signed.split('\n').next().unwrap_or_default();
        let (clinic, epoch) = epochs::of_origin(origin).ok_or(KeptError::NoLog)?;
        Ok(Self { note, clinic, epoch })
    }

    /// The whole note.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The head, if the policy believes it: with enough witnesses.
    pub fn believed_by(&self, policy: &Policy) -> Result<EpochHead, KeptError> {
        let believed = policy.believe(&self.note)?;
        Ok(EpochHead { epoch: self.epoch, size: believed.size, root: believed.root })
    }

    /// The head, if the key of that epoch signed it.
    pub fn signed_by(&self, epochs: &[Epoch]) -> Result<EpochHead, KeptError> {
        let Self { note, clinic, epoch } = self;
        let last = epochs.last().ok_or(KeptError::UnknownLog(*clinic))?;
        let opened = match epochs.iter().find(|known| known.number == *epoch) {
            Some(known) => checkpoint::open(note, &known.key),
            // An epoch that this database went back to before: all of a log's epochs have one key, each under its name.
            None => match epochs::open_checkpoint(note, *clinic, &last.key) {
                Some((_, size, root)) => Ok((size, root)),
                None => Err(NoteError::NotSigned),
            },
        };
        let (size, root) = opened.map_err(KeptError::OtherKey)?;
        Ok(EpochHead { epoch: *epoch, size, root })
    }
}
