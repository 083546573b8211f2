//! A witness (C2SP tlog-witness): somebody else than the operator of a log, who signs that they saw a head of it and that it
//! has grown from the one they saw before. Of two logs that one key wrote, it never signs more than one.

pub mod decide;
mod store;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use daybook_ledger::Clock;
use daybook_ledger::add_checkpoint;
use daybook_ledger::cosignature::Cosigner;
use daybook_ledger::kept::Kept;

use crate::log_keys::LogKeys;
use decide::{Refusal, decide, submitted};
use store::Store;
pub use store::{StoreError, make};

/// What a witness does not answer with its cosignature.
#[derive(Debug, thiserror::Error)]
pub enum NotCosigned {
    /// It must not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It must not, and the log's key signed what it refuses: either the log was written anew, or somebody sent the newest
    /// head of it with a proof of their own.
    #[error("{origin}: {refusal}")]
    Contradicted {
        /// The log.
        origin: String,
        /// Why.
        refusal: Refusal,
    },
    /// It would, and could not write that down first.
    #[error("what was seen could not be written down, so nothing was signed: {0}")]
    NotKept(#[from] StoreError),
}

/// A witness at work.
pub struct Witness {
    cosigner: Cosigner,
    logs: LogKeys,
    store: Store,
    /// What it has seen of each log. A log's lock is held from looking to having written: its requests come one after the
    /// other, those of other logs do not wait.
    held: BTreeMap<String, Mutex<Kept>>,
    clock: Arc<dyn Clock>,
}

impl Witness {
    /// The witness whose key and memory are in this folder, for these logs. Fails where anything there cannot be read: a
    /// witness that has forgotten would sign again what it must not.
    pub fn open(folder: &Path, logs: LogKeys, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let (store, cosigner) = Store::open(folder)?;
        let mut held = BTreeMap::new();
        for key in logs.iter() {
            held.insert(key.name().to_owned(), Mutex::new(store.held(key.name(), cosigner.witness())?));
        }
        Ok(Self { cosigner, logs, store, held, clock })
    }

    /// Its public key.
    pub fn key(&self) -> &daybook_ledger::cosignature::Witness {
        self.cosigner.witness()
    }

    /// Answers a request (the body of `add-checkpoint`): the signature lines. What it has seen is on the disk before this
    /// returns. A crash before that leaves what it had seen before, and no answer was given; a crash after it leaves a
    /// client that asks again from where it was, and is told where the witness is.
    pub fn add(&self, body: &str) -> Result<String, NotCosigned> {
        let request = add_checkpoint::read(body).map_err(Refusal::from)?;
        let head = submitted(&self.logs, request.checkpoint)?;
        // Every log that a signature is believed of has its place.
        let held = self.held.get(head.origin).ok_or(Refusal::UnknownLog)?;
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = match decide(&held, &request, &head) {
            Ok(seen) => seen,
            Err(refusal @ (Refusal::OtherRoot { .. } | Refusal::NotGrown)) => {
                if refusal != Refusal::NotGrown {
                    // Two heads of one size, both signed with the log's key, prove to anybody that it was written twice.
                    self.store.keep_contradiction(head.origin, request.checkpoint)?;
                }
                return Err(NotCosigned::Contradicted { origin: head.origin.into(), refusal });
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let seconds = self.clock.now().timestamp().unsigned_abs();
        let line = self.key().line(&self.cosigner.cosign(head.text, seconds));
        self.store.keep(head.origin, &format!("{}{line}", request.checkpoint))?;
        *held = seen;
        Ok(line)
    }
}

#[cfg(test)]
mod tests;
