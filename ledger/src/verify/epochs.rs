//! Every epoch after the first says in its first event what it was restored to.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use daybook_domain::safekeeping::LedgerRecovered;
use uuid::Uuid;

use super::pass::Pass;
use super::report::{Check, Recovered};
use crate::epochs::{self, Epoch};
use crate::format::{Hash, hexadecimal};
use crate::kept::{Ended, EpochHead};

/// A recovery as an event says it, and the log's root where it stands.
pub(super) struct Recovery {
    pub position: u64,
    pub root: Hash,
    pub recorded_at: DateTime<Utc>,
    pub said: LedgerRecovered,
}

impl Pass {
    /// Every epoch after the first begins with an event that says what it was restored to, and no other event says that one
    /// began. Where each epoch ended, and what is known of the end it had.
    pub(super) fn compare_epochs(&mut self, epochs: &[Epoch]) -> Vec<Ended> {
        let mut ended = Vec::new();
        let mut said: HashMap<u64, Recovery> =
            std::mem::take(&mut self.recoveries).into_iter().map(|recovery| (recovery.position, recovery)).collect();
        for (before, epoch) in epochs.iter().zip(epochs.iter().skip(1)) {
            let recovery = said.remove(&epoch.from);
            let last_known = recovery.as_ref().and_then(|recovery| recovery.last_known(self.clinic, before, epoch));
            if last_known.is_none() || epoch.number <= before.number {
                let (number, what) = (epoch.number, "and the event there does not say so, or not from what");
                self.find(epoch.from, Check::Epoch, format!("epoch {number} of the log is said to begin here, {what}"));
            }
            ended.push(Ended { last_known });
            self.recoveries.extend(recovery);
        }
        for position in said.into_keys() {
            self.find(position, Check::Epoch, "it says that an epoch begins here, and none does".into());
        }
        ended
    }
}

impl Recovery {
    /// The last head known of an epoch before, if the event says rightly where the log stood: the log's key signed it, it
    /// is of at least what was restored, and of the same root where it is of no more.
    fn last_known(&self, clinic: Uuid, before: &Epoch, epoch: &Epoch) -> Option<EpochHead> {
        let Self { position, root, said, .. } = self;
        let restored = (said.epoch, &*said.origin, said.restored_size, said.restored_root.as_str());
        if restored != (epoch.number, epoch.key.name(), *position, &hexadecimal(root)) {
            return None;
        }
        let (of, size, known) = match &*said.last_checkpoint {
            // Of an epoch that never signed anything.
            "" => (before.number, 0, *root),
            note => epochs::open_checkpoint(note, clinic, &before.key)?,
        };
        let right = size == said.last_known_size && size.checked_sub(*position) == Some(said.lost_events);
        (right && (size > *position || known == *root)).then_some(EpochHead { epoch: of, size, root: known })
    }
}

impl From<Recovery> for Recovered {
    fn from(recovery: Recovery) -> Self {
        let Recovery { position, recorded_at, said, .. } = recovery;
        Self {
            epoch: said.epoch,
            origin: said.origin,
            position,
            recorded_at,
            backup_begun_at: said.backup_begun_at,
            last_known_size: said.last_known_size,
            lost_events: said.lost_events,
        }
    }
}
