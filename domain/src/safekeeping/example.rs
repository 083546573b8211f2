//! An example of each event: what the golden files and the tests show.

use chrono::TimeDelta;

use super::{
    BackupDestroyed, BackupMade, DrillFailed, DrillStep, Event, KeySecretDestroyed, KeysRewrapped, LedgerRecovered,
    RestoreDrilled, Restored,
};
use crate::given::now;
use crate::{AgeRecipient, KeySecretId, Sha256Hex, SignatureHex};

fn recipient(character: &str) -> AgeRecipient {
    format!("age1{}", character.repeat(58)).try_into().unwrap()
}

pub fn secret() -> KeySecretId {
    "0123456789abcdef".try_into().unwrap()
}

pub fn backup_destroyed() -> BackupDestroyed {
    BackupDestroyed { keys_sha256: backup().keys_sha256, destroyed_at: now() }
}

pub fn rewrapped() -> KeysRewrapped {
    KeysRewrapped { key_secret: secret(), from: vec![KeySecretId::root()], keys: 12 }
}

pub fn secret_destroyed() -> KeySecretDestroyed {
    KeySecretDestroyed { key_secret: secret(), destroyed_at: now() }
}

pub fn backup() -> BackupMade {
    BackupMade {
        begun_at: now() - TimeDelta::hours(6),
        size: 7,
        root: Sha256Hex::of(&[b"root"]),
        log_sha256: Sha256Hex::of(&[b"log"]),
        log_bytes: 4_711,
        log_recipient: recipient("q"),
        keys_sha256: Sha256Hex::of(&[b"keys"]),
        keys_bytes: 1_024,
        keys_recipient: recipient("p"),
        files_sha256: Some(Sha256Hex::of(&[b"files"])),
        files_bytes: Some(65_536),
        named_files: Some(3),
        missing_files: Some(0),
        key_secrets: Some(vec![secret()]),
    }
}

/// Took a second and a half, where a second was promised.
pub fn drill() -> RestoreDrilled {
    let backup = backup();
    RestoreDrilled {
        drilled_at: now(),
        backup_begun_at: backup.begun_at,
        log_sha256: backup.log_sha256,
        keys_sha256: backup.keys_sha256,
        size: 7,
        root: backup.root,
        restored: Restored::AsWritten,
        verified_events: 7,
        verified_checkpoints: 7,
        wrong: 0,
        read_model_rows: Some(12),
        read_model_rows_as_live: Some(11),
        named_files: Some(3),
        verified_files: Some(3),
        live_size: 9,
        live_root: Sha256Hex::of(&[b"later root"]),
        lost_events: 2,
        lost_seconds: 7_200,
        point_objective_seconds: Some(86_400),
        recovery_milliseconds: 1_500,
        time_objective_seconds: Some(1),
        signature: SignatureHex::try_from("5c".repeat(64)).unwrap(),
    }
}

/// Somebody had another identity than the one it was encrypted for.
pub fn drill_failed() -> DrillFailed {
    let backup = backup();
    DrillFailed {
        drilled_at: now(),
        step: DrillStep::DecryptLog,
        backup_begun_at: Some(backup.begun_at),
        log_sha256: Some(backup.log_sha256),
    }
}

/// Seven events were restored, and somebody elsewhere had kept the checkpoint of nine.
pub fn recovery() -> LedgerRecovered {
    let backup = backup();
    LedgerRecovered {
        epoch: 1_772_445_600,
        origin: "daybook.example/clinics/00000000-0000-0000-0000-000000000003/1772445600".into(),
        restored_size: 7,
        restored_root: backup.root,
        last_checkpoint: "daybook.example/clinics/00000000-0000-0000-0000-000000000003\n9\n…".into(),
        last_known_size: 9,
        lost_events: 2,
        log_sha256: Some(backup.log_sha256),
        backup_begun_at: Some(backup.begun_at),
    }
}

/// One of each, in the order of the catalogue.
pub fn all() -> Vec<Event> {
    vec![
        backup().into(),
        drill().into(),
        drill_failed().into(),
        backup_destroyed().into(),
        rewrapped().into(),
        secret_destroyed().into(),
        recovery().into(),
    ]
}
