//! Whether a witness may sign: what it holds of a log, and what it is asked, decide alone.

use daybook_ledger::add_checkpoint::{AddCheckpoint, NotARequest};
use daybook_ledger::checkpoint;
use daybook_ledger::format::Hash;
use daybook_ledger::kept::Kept;
use daybook_ledger::merkle::verify_consistency;
use daybook_ledger::note::{self, NoteError};

use crate::log_keys::LogKeys;
use crate::policy::Distrust;

/// Why a witness does not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not a request.
    #[error("{0}")]
    Malformed(&'static str),
    /// The log is none of those it is a witness of.
    #[error("this witness does not know the log")]
    UnknownLog,
    /// The log's key did not sign it.
    #[error("the checkpoint is not signed with a key that this witness knows of the log")]
    NotSigned,
    /// The log would have become smaller.
    #[error("the checkpoint is of a smaller log than the old size")]
    Smaller,
    /// It has seen the log at another size than it is taken to have.
    #[error("this witness has seen the log at size {size}")]
    Elsewhere {
        /// At which.
        size: u64,
    },
    /// It has seen another log of this size.
    #[error("this witness has seen another log of size {size}, under the same key")]
    OtherRoot {
        /// Of which.
        size: u64,
    },
    /// It is not shown that the log has grown from what it has seen.
    #[error("the proof does not show that the log has grown from what this witness has seen")]
    NotGrown,
}

impl Refusal {
    /// The HTTP status that the protocol has for it.
    pub fn status(self) -> u16 {
        match self {
            Refusal::Malformed(_) | Refusal::Smaller => 400,
            Refusal::NotSigned => 403,
            Refusal::UnknownLog => 404,
            Refusal::Elsewhere { .. } | Refusal::OtherRoot { .. } => 409,
            Refusal::NotGrown => 422,
        }
    }

    /// At which size it has seen the log, where that is the answer.
    pub fn held(self) -> Option<u64> {
        match self {
            Refusal::Elsewhere { size } | Refusal::OtherRoot { size } => Some(size),
            _ => None,
        }
    }
}

impl From<NotARequest> for Refusal {
    fn from(NotARequest(why): NotARequest) -> Self {
        Refusal::Malformed(why)
    }
}

/// A checkpoint that the log's key signed.
#[derive(Clone, Copy, Debug)]
pub struct Submitted<'a> {
    /// The log's name.
    pub origin: &'a str,
    /// What is signed.
    pub text: &'a str,
    size: u64,
    root: Hash,
}

/// Reads a checkpoint, if it is signed by one of the logs.
pub fn submitted<'a>(logs: &LogKeys, note: &'a str) -> Result<Submitted<'a>, Refusal> {
    let malformed = "the checkpoint is not a signed note";
    let (text, _) = note::split(note).map_err(|_| Refusal::Malformed(malformed))?;
    let origin = text.split('\n').next().unwrap_or_default();
    let (size, root) = logs.opened(origin, |key| checkpoint::open(note, key)).map_err(|distrust| match distrust {
        Distrust::UnknownLog(_) => Refusal::UnknownLog,
        Distrust::Note(NoteError::Malformed(why)) => Refusal::Malformed(why),
        _ => Refusal::NotSigned,
    })?;
    Ok(Submitted { origin, text, size, root })
}

/// What the witness holds once it has signed, if it may. `held` is the newest head it signed; before the first, that of the
/// empty log.
pub fn decide(held: &Kept, request: &AddCheckpoint<'_>, head: &Submitted<'_>) -> Result<Kept, Refusal> {
    if request.old > head.size {
        return Err(Refusal::Smaller);
    }
    if request.old != held.size {
        return Err(Refusal::Elsewhere { size: held.size });
    }
    if head.size == held.size && head.root != held.root {
        return Err(Refusal::OtherRoot { size: held.size });
    }
    // From nothing and from itself every log has grown; there is nothing to prove, and no proof.
    let grown = if held.size == 0 || head.size == held.size {
        request.proof.is_empty()
    } else {
        verify_consistency(held.size, &held.root, head.size, &head.root, &request.proof).is_ok()
    };
    if grown { Ok(Kept { size: head.size, root: head.root }) } else { Err(Refusal::NotGrown) }
}
