//! What a clinic's safekeeping adds up to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{BackupMade, DrillFailed, Event, LedgerRecovered, RestoreDrilled};
use crate::{KeySecretId, Sha256Hex};

/// The backups of a clinic's log, and their drills.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safekeeping {
    known: BTreeSet<Sha256Hex>,
    newest_backup: Option<BackupMade>,
    newest_backup_with_files: Option<BackupMade>,
    last_drill: Option<RestoreDrilled>,
    last_passed_drill: Option<RestoreDrilled>,
    last_passed_drill_with_files: Option<RestoreDrilled>,
    failed_drill: Option<DrillFailed>,
    last_recovery: Option<LedgerRecovered>,
    keys_files: BTreeMap<Sha256Hex, KeysFile>,
    key_secret: Option<KeySecretId>,
    destroyed_secrets: BTreeMap<KeySecretId, DateTime<Utc>>,
}

/// The keys' file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeysFile {
    pub begun_at: DateTime<Utc>,
    /// What the keys in it are wrapped under; nothing: it was never said.
    pub key_secrets: Option<BTreeSet<KeySecretId>>,
    pub destroyed_at: Option<DateTime<Utc>>,
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

    /// Of those that every file of visits is in, the one that was begun last.
    pub fn newest_backup_with_files(&self) -> Option<&BackupMade> {
        self.newest_backup_with_files.as_ref()
    }

    /// The last drill that found out whether a backup can be restored, whatever that was.
    pub fn last_drill(&self) -> Option<&RestoreDrilled> {
        self.last_drill.as_ref()
    }

    /// The last drill that restored a backup as written and kept every promise.
    pub fn last_passed_drill(&self) -> Option<&RestoreDrilled> {
        self.last_passed_drill.as_ref()
    }

    /// Of those in which the files of visits were opened, the last that passed.
    pub fn last_passed_drill_with_files(&self) -> Option<&RestoreDrilled> {
        self.last_passed_drill_with_files.as_ref()
    }

    /// The last drill, where that failed before it found anything out.
    pub fn failed_drill(&self) -> Option<&DrillFailed> {
        self.failed_drill.as_ref()
    }

    /// The recovery that the log's epoch began with; none in its first.
    pub fn last_recovery(&self) -> Option<&LedgerRecovered> {
        self.last_recovery.as_ref()
    }

    /// The log's epoch: 1 until it was recovered.
    pub fn epoch(&self) -> u64 {
        self.last_recovery.as_ref().map_or(1, |recovered| recovered.epoch)
    }

    /// The secret that all keys were wrapped under when they were last wrapped anew.
    pub fn key_secret(&self) -> Option<&KeySecretId> {
        self.key_secret.as_ref()
    }

    /// Whether a backup whose keys' file has this hash is on record.
    pub fn knows_keys(&self, keys_sha256: &Sha256Hex) -> bool {
        self.keys_files.contains_key(keys_sha256)
    }

    /// The keys' file of a backup, by its hash.
    pub(super) fn keys_file(&self, keys_sha256: &Sha256Hex) -> Option<&KeysFile> {
        self.keys_files.get(keys_sha256)
    }

    /// The keys' files of all backups.
    pub(super) fn keys_files(&self) -> impl Iterator<Item = &KeysFile> {
        self.keys_files.values()
    }

    /// When the last copy of a secret was destroyed, if it was.
    pub fn secret_destroyed_at(&self, secret: &KeySecretId) -> Option<DateTime<Utc>> {
        self.destroyed_secrets.get(secret).copied()
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::BackupMade(made) => {
                self.known.insert(made.log_sha256.clone());
                let key_secrets = made.key_secrets.as_ref().map(|secrets| secrets.iter().cloned().collect());
                let file = KeysFile { begun_at: made.begun_at, key_secrets, destroyed_at: None };
                self.keys_files.entry(made.keys_sha256.clone()).or_insert(file);
                let is_newer =
                    |than: &Option<BackupMade>| than.as_ref().is_none_or(|newest| newest.begun_at <= made.begun_at);
                if is_newer(&self.newest_backup) {
                    self.newest_backup = Some(made.clone());
                }
                if made.has_files() == Some(true) && is_newer(&self.newest_backup_with_files) {
                    self.newest_backup_with_files = Some(made.clone());
                }
            }
            Event::RestoreDrilled(drilled) => {
                if drilled.is_passed() {
                    self.last_passed_drill = Some(drilled.clone());
                    if drilled.has_files() == Some(true) {
                        self.last_passed_drill_with_files = Some(drilled.clone());
                    }
                }
                self.last_drill = Some(drilled.clone());
                self.failed_drill = None;
            }
            Event::DrillFailed(failed) => self.failed_drill = Some(failed.clone()),
            Event::BackupDestroyed(destroyed) => {
                if let Some(file) = self.keys_files.get_mut(&destroyed.keys_sha256) {
                    file.destroyed_at = Some(destroyed.destroyed_at);
                }
            }
            Event::KeysRewrapped(rewrapped) => self.key_secret = Some(rewrapped.key_secret.clone()),
            Event::KeySecretDestroyed(destroyed) => {
                self.destroyed_secrets.insert(destroyed.key_secret.clone(), destroyed.destroyed_at);
            }
            Event::LedgerRecovered(recovered) => self.last_recovery = Some(recovered.clone()),
        }
    }
}
