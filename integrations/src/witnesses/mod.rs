//! Witnesses (C2SP tlog-witness): other organizations that are asked, once a minute, to sign that each log has only grown. They
//! are told a log's name, size and root, and hashes; nothing of what is in it.

mod asking;
mod reactor;

use daybook_ledger::cosignature::Witness;

pub use asking::{Answer, Asking};
pub use reactor::{Outcome, Round, Witnessing};

/// A witness that is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What it is called here.
    pub name: String,
    /// Where it is asked: `add-checkpoint` is put behind it.
    pub url: String,
    /// Its public key.
    pub key: Witness,
}
