//! What happens to the backups of a clinic's log.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AgeRecipient, KeySecretId, Sha256Hex, SignatureHex};

/// A backup of the log and, apart from it, of the keys stood whole on the disk. A backup is known by the hash of its log's
/// file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupMade {
    /// When it was begun: everything recorded before is in it.
    pub begun_at: DateTime<Utc>,
    /// Events of this clinic's log that are in it.
    pub size: u64,
    /// The log's root at that size.
    pub root: Sha256Hex,
    /// The hash of the log's file, as encrypted.
    pub log_sha256: Sha256Hex,
    /// How long that file is.
    pub log_bytes: u64,
    /// Who can decrypt it.
    pub log_recipient: AgeRecipient,
    /// The hash of the keys' file, as encrypted.
    pub keys_sha256: Sha256Hex,
    /// How long that file is.
    pub keys_bytes: u64,
    /// Who can decrypt it.
    pub keys_recipient: AgeRecipient,
    /// The hash of the file of the files of visits, as encrypted, for whoever can decrypt the log's; none where they are not in
    /// the backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_sha256: Option<Sha256Hex>,
    /// How long that file is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files_bytes: Option<u64>,
    /// Files of visits that this clinic's log named then, neither removed nor erased. A backup of before this was recorded does
    /// not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_files: Option<u64>,
    /// Of those, files that are not in it, or not as long as what was attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_files: Option<u64>,
    /// The secrets that this clinic's keys are wrapped under in it. A backup of before this was recorded does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_secrets: Option<Vec<KeySecretId>>,
}

impl BackupMade {
    /// Whether every file of visits that the log named is in it; nothing where nobody said.
    pub fn has_files(&self) -> Option<bool> {
        match self.missing_files {
            Some(missing) => Some(missing == 0),
            None => self.files_sha256.is_some().then_some(true),
        }
    }
}

/// Every copy of a backup's keys file is destroyed, as somebody says who saw to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupDestroyed {
    /// The hash of the keys' file, as its `backup-made` has it.
    pub keys_sha256: Sha256Hex,
    /// When the last copy was.
    pub destroyed_at: DateTime<Utc>,
}

/// Every data key of the clinic is wrapped under one key secret, and none under another any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeysRewrapped {
    /// The secret they are wrapped under.
    pub key_secret: KeySecretId,
    /// The secrets that some were wrapped under until then.
    pub from: Vec<KeySecretId>,
    /// How many keys there are.
    pub keys: u64,
}

/// Every copy of a key secret is destroyed, as somebody says who saw to it: what is wrapped under it, in whatever backup, opens
/// for nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeySecretDestroyed {
    /// Which.
    pub key_secret: KeySecretId,
    /// When the last copy was.
    pub destroyed_at: DateTime<Utc>,
}

/// Whether what was restored is what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Restored {
    /// It verified, with all its keys, and the live log has grown from it.
    AsWritten,
    /// It did not, or the live log is another one.
    NotAsWritten,
}

/// A backup was restored into a database elsewhere, verified there and compared with the live log. The log's key has signed
/// all of it: the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RestoreDrilled {
    /// When the drill was begun.
    pub drilled_at: DateTime<Utc>,
    /// When the backup was begun, as what lies beside it says.
    pub backup_begun_at: DateTime<Utc>,
    /// The hash of the log's file that was restored, as encrypted.
    pub log_sha256: Sha256Hex,
    /// The hash of the keys' file that was restored, as encrypted.
    pub keys_sha256: Sha256Hex,
    /// Events of this clinic's log that were to be restored.
    pub size: u64,
    /// The log's root at that size.
    pub root: Sha256Hex,
    /// What came of it.
    pub restored: Restored,
    /// Events whose every byte was verified in the restored copy.
    pub verified_events: u64,
    /// Signed heads that were verified there.
    pub verified_checkpoints: u64,
    /// What was wrong, how many things.
    pub wrong: u64,
    /// Rows of the read models that were built anew from the restored log and are what the log says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_model_rows: Option<u64>,
    /// Of those, rows that the live database has too, and the same; nothing where it has no read models that far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_model_rows_as_live: Option<u64>,
    /// Files of visits that the restored log names, neither removed nor erased. A drill of before this was recorded does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_files: Option<u64>,
    /// Of those, files that were opened and are what was attached; nothing where they were not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_files: Option<u64>,
    /// The size of the live log that it was compared with.
    pub live_size: u64,
    /// The root of the live log at that size.
    pub live_root: Sha256Hex,
    /// Events of the live log that are not in the backup.
    pub lost_events: u64,
    /// From the begin of the backup to the last of those events: the recovery point, measured.
    pub lost_seconds: u64,
    /// The most that may be lost, if anybody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point_objective_seconds: Option<u64>,
    /// From the first byte read to everything restored and verified: the recovery time, measured.
    pub recovery_milliseconds: u64,
    /// The longest it may take, if anybody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_objective_seconds: Option<u64>,
    /// The log's key's signature over the certificate: these facts, a line each.
    pub signature: SignatureHex,
}

/// What a drill was doing when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DrillStep {
    /// Reading what lies beside the backup: it is not there, is of no backup, or knows of no log.
    FindBackup,
    /// Comparing the files: one is not there, cannot be read, or is not the one that was written.
    CompareFiles,
    /// Starting a database of its own.
    StartCopy,
    /// Opening the log's file: the identity is not there, or is another one.
    DecryptLog,
    /// Bringing the log in.
    RestoreLog,
    /// Opening the keys' file: the identity is not there, or is another one.
    DecryptKeys,
    /// Bringing the keys in.
    RestoreKeys,
    /// Verifying what was restored: the database of its own failed, or holds other logs than what lies beside the backup says.
    Verify,
    /// Opening the keys: the database of its own failed. Keys that do not open are no failure of the drill, but its result.
    OpenKeys,
    /// Building the read models, and holding them against the log.
    BuildReadModels,
    /// Finding out which files of visits the restored logs name.
    NameFiles,
    /// Opening the file of the files of visits: the identity is not there, or is another one.
    DecryptFiles,
    /// Reading the files of visits: they are not those of a backup.
    OpenFiles,
    /// Comparing with the live log.
    CompareLive,
}

impl RestoreDrilled {
    /// Whether the files of visits that the log names were opened, or there are none; nothing where nobody said.
    pub fn has_files(&self) -> Option<bool> {
        match (self.verified_files, self.named_files) {
            (Some(_), _) => Some(true),
            (None, named) => named.map(|named| named == 0),
        }
    }
}

/// A drill was begun and did not come so far that anybody knows whether the backup can be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DrillFailed {
    /// When the drill was begun.
    pub drilled_at: DateTime<Utc>,
    /// What it was doing.
    pub step: DrillStep,
    /// When the backup was begun, as what lies beside it says; nothing where that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_begun_at: Option<DateTime<Utc>>,
    /// The hash of the backup's log file, as encrypted, as what lies beside it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_sha256: Option<Sha256Hex>,
}

/// The log went back to an earlier point, and a new epoch of it began: under a name of its own, so that no size of the epoch
/// before is ever signed twice. This is the epoch's first event. What follows grows from what was restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerRecovered {
    /// The epoch that begins: the second it began in, counted since 1970. So no two recoveries ever use one name, also where
    /// a backup from before the last one is restored and knows nothing of it.
    pub epoch: u64,
    /// Its origin: the name that its checkpoints are signed under.
    pub origin: String,
    /// Events that were restored, all of them of epochs before.
    pub restored_size: u64,
    /// The log's root at that size.
    pub restored_root: Sha256Hex,
    /// The last checkpoint known of an epoch before, whole, as the signed note that it is; empty if none was ever signed.
    pub last_checkpoint: String,
    /// The size it says. The log may have gone further than anybody here knows.
    pub last_known_size: u64,
    /// Events that are known to be lost.
    pub lost_events: u64,
    /// The hash of the backup's log file, as encrypted, where it came of a backup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_sha256: Option<Sha256Hex>,
    /// When that backup was begun: what was recorded later is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup_begun_at: Option<DateTime<Utc>>,
}

crate::catalogue! {
    /// A fact about the backups of a clinic's log.
    pub enum Event {
        "backup-made" "1.0" => BackupMade, "A backup of the log and of the keys stood whole, encrypted, on the disk.";
        "restore-drilled" "1.0" => RestoreDrilled, "A backup was restored elsewhere, verified and compared with the live log; signed.";
        "drill-failed" "1.0" => DrillFailed, "A drill failed before anybody knew whether the backup can be restored.";
        "backup-destroyed" "1.0" => BackupDestroyed, "Every copy of a backup's keys file is destroyed, on somebody's word.";
        "keys-rewrapped" "1.0" => KeysRewrapped, "Every data key of the clinic is wrapped under one key secret alone.";
        "key-secret-destroyed" "1.0" => KeySecretDestroyed, "Every copy of a key secret is destroyed, on somebody's word.";
        "ledger-recovered" "1.0" => LedgerRecovered, "The log went back to an earlier point: a new epoch of it begins with this.";
    }
}
