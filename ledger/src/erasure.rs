//! Erasing a patient: who finishes it, and what the log says was destroyed.
//!
//! A record is closed (`keys.closed`), the event that names its keys is appended, the keys are destroyed, in this order. What
//! a crash leaves:
//!
//! * after the closing: nothing is sealed for the patient any more, nothing is lost; the record is opened again once no
//!   attempt can still be at it;
//! * after the event: the record is erased, and read as erased, though the keys are still there; they are destroyed when the
//!   command is repeated or a server starts.

use std::collections::BTreeSet;

use chrono::Duration;
use daybook_domain::patient::{Event, PatientKeyDestroyed};
use daybook_domain::{DataKeyId, PatientId};
use uuid::Uuid;

use crate::event::Recorded;
use crate::ledger::Ledger;
use crate::read;
use crate::sealing::{Closed, RingError};

/// How long an attempt to erase may take, at most: every statement of it is cut off long before.
const ATTEMPT: Duration = Duration::minutes(10);

/// The event's type, as stored.
const DESTROYED: &str = "patient-key-destroyed";

impl Ledger {
    /// Ends an attempt to erase a record: destroys the keys where the log says they are destroyed, and opens the record again
    /// where it does not and this attempt had closed it. Whether the record is erased.
    pub async fn settle_erasure(&self, clinic: Uuid, patient: PatientId, attempt: Uuid) -> Result<bool, RingError> {
        let erased = !self.read_erasures(clinic, &[patient]).await?.is_empty();
        if erased {
            self.sealer().destroy(clinic, patient).await?;
        } else {
            self.sealer().reopen(Closed { clinic, patient, attempt }).await?;
        }
        Ok(erased)
    }

    /// Ends what a crash left of erasures: for the start of a server. How many records were erased by it.
    pub async fn settle_erasures(&self) -> Result<u64, RingError> {
        let mut erased = 0;
        // What was just closed may be under way at another server, unless the log says already what was destroyed.
        for closed in self.sealer().unfinished().await? {
            let told = !self.read_erasures(closed.clinic, &[closed.patient]).await?.is_empty();
            if told || closed.closed_at < self.clock().now() - ATTEMPT {
                erased += u64::from(self.settle_erasure(closed.clinic, closed.patient, closed.attempt).await?);
            }
        }
        Ok(erased)
    }

    /// Every key of these patients that an event of theirs says is destroyed.
    pub async fn destroyed_keys(
        &self,
        clinic: Uuid,
        patients: &[PatientId],
    ) -> Result<BTreeSet<DataKeyId>, sqlx::Error> {
        let erasures = self.read_erasures(clinic, patients).await?;
        Ok(erasures.iter().filter_map(destroyed).flat_map(|event| event.keys).map(|key| key.data_key_id).collect())
    }

    async fn read_erasures(&self, clinic: Uuid, patients: &[PatientId]) -> Result<Vec<Recorded>, sqlx::Error> {
        let patients: Vec<Uuid> = patients.iter().map(|patient| patient.0).collect();
        read::of_type(self.pool(), clinic, "patient", &patients, DESTROYED).await
    }
}

/// What an event says was destroyed; `None` if it is not one that says so.
pub(crate) fn destroyed(event: &Recorded) -> Option<PatientKeyDestroyed> {
    if event.event_type != DESTROYED || event.stream.kind != "patient" {
        return None;
    }
    match event.decode::<Event>() {
        Ok(Event::PatientKeyDestroyed(destroyed)) => Some(destroyed),
        _ => None,
    }
}
