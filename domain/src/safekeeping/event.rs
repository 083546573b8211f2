//! What happens to the backups of a clinic's log.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AgeRecipient, Sha256Hex, SignatureHex};

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

crate::catalogue! {
    /// A fact about the backups of a clinic's log.
    pub enum Event {
        "backup-made" "1.0" => BackupMade, "A backup of the log and of the keys stood whole, encrypted, on the disk.";
        "restore-drilled" "1.0" => RestoreDrilled, "A backup was restored elsewhere, verified and compared with the live log; signed.";
    }
}
