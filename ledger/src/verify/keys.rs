//! Who may have signed a head.

use crate::checkpoint;
use crate::epochs::Epoch;
use crate::format::Hash;
use crate::note::NoteVerifier;

/// Who may have signed what.
#[derive(Clone)]
pub(super) struct Keys {
    pub epochs: Vec<Epoch>,
    /// Where there are any, these alone, each for the origin it names.
    pub believed: Vec<NoteVerifier>,
}

impl Keys {
    /// Whether a head of this size was signed by a key of the epoch that it is of.
    pub fn signed(&self, size: u64, root: &Hash, signature: &[u8; 64]) -> bool {
        let epoch = self.epochs.iter().rev().find(|epoch| epoch.from < size);
        let by = |key: &NoteVerifier| key.verify(&checkpoint::text(key.name(), size, root), signature);
        match epoch {
            None => self.epochs.is_empty() && self.believed.iter().any(by),
            Some(epoch) if self.believed.is_empty() => by(&epoch.key),
            Some(epoch) => self.believed.iter().filter(|key| key.name() == epoch.key.name()).any(by),
        }
    }
}
