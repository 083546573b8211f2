//! An example of each event: what the golden files and the tests show.

use chrono::TimeDelta;

use super::{BackupMade, Event, RestoreDrilled, Restored};
use crate::given::now;
use crate::{AgeRecipient, Sha256Hex, SignatureHex};

fn recipient(character: &str) -> AgeRecipient {
    format!("age1{}", character.repeat(58)).try_into().unwrap()
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

/// One of each, in the order of the catalogue.
pub fn all() -> Vec<Event> {
    vec![backup().into(), drill().into()]
}
