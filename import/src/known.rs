//! Which patients the clinic knows: those registered, and those imported. A record of anybody else waits for its patient.

use std::collections::HashSet;
use std::num::NonZeroUsize;

use daybook_domain::PatientId;
use daybook_ledger::{Ledger, Stream};
use lru::LruCache;
use uuid::Uuid;

/// Patients remembered, at most: memory must not grow with the export.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(99_999);

/// What was looked up lately.
pub struct Known {
    patients: LruCache<PatientId, bool>,
}

impl Default for Known {
    fn default() -> Self {
        Self { patients: LruCache::new(REMEMBERED) }
    }
}

impl Known {
    /// Of these patients, those whom the clinic does not know; and how many of those are met for the first time.
    pub async fn unknown(
        &mut self,
        ledger: &Ledger,
        clinic: Uuid,
        patients: &HashSet<PatientId>,
    ) -> Result<(HashSet<PatientId>, u64), sqlx::Error> {
        let new: Vec<PatientId> = patients.iter().copied().filter(|patient| !self.patients.contains(patient)).collect();
        let mut met = 0;
        if !new.is_empty() {
            let keys: Vec<_> = new.iter().map(|patient| (clinic, Stream::new("patient", patient.0))).collect();
            let found: HashSet<Uuid> =
                ledger.read_streams(&keys).await?.into_iter().map(|event| event.stream.id).collect();
            for patient in new {
                let is_known = found.contains(&patient.0);
                met += u64::from(!is_known);
                self.patients.put(patient, is_known);
            }
        }
        let is_unknown = |patient: &&PatientId| self.patients.peek(*patient) == Some(&false);
        Ok((patients.iter().filter(is_unknown).copied().collect(), met))
    }
}
