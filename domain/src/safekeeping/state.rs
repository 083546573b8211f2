//! What a clinic's safekeeping adds up to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{BackupMade, Event, RestoreDrilled};
use crate::Sha256Hex;

/// The backups of a clinic's log, and their drills.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safekeeping {
    known: BTreeSet<Sha256Hex>,
    newest_backup: Option<BackupMade>,
    last_drill: Option<RestoreDrilled>,
    last_passed_drill: Option<RestoreDrilled>,
}

impl Safekeeping {
    /// Whether a backup whose log's file has this hash is on record.
    pub fn knows(&self, log_sha256: &Sha256Hex) -> bool {
        self.known.contains(log_sha256)
    }

    /// The backup that was begun last.
    pub fn newest_backup(&self) -> Option<&BackupMade> {
        self.newest_backup.as_ref()
    }

    /// The drill that was recorded last, whatever came of it.
    pub fn last_drill(&self) -> Option<&RestoreDrilled> {
        self.last_drill.as_ref()
    }

    /// The last drill that restored a backup as written and kept every promise.
    pub fn last_passed_drill(&self) -> Option<&RestoreDrilled> {
        self.last_passed_drill.as_ref()
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::BackupMade(made) => {
                self.known.insert(made.log_sha256.clone());
                if self.newest_backup.as_ref().is_none_or(|newest| newest.begun_at <= made.begun_at) {
                    self.newest_backup = Some(made.clone());
                }
            }
            Event::RestoreDrilled(drilled) => {
                if drilled.is_passed() {
                    self.last_passed_drill = Some(drilled.clone());
                }
                self.last_drill = Some(drilled.clone());
            }
        }
    }
}
