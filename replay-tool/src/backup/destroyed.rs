//! `daybook-replay backup destroyed`: somebody's word that no copy of a backup's keys file is left. Every log that was told of the
//! backup is told of this.

use anyhow::bail;
use daybook_domain::Safekeeping;
use daybook_domain::safekeeping::{self, Command};
use daybook_ledger::{Loaded, aggregate};
use serde::Serialize;

use super::arguments;
use crate::exit::Exit;
use crate::print;
use crate::recorder::Recorder;

/// What is told of it as JSON.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    destroyed: safekeeping::BackupDestroyed,
    logs_told: usize,
}

pub async fn run(arguments: arguments::BackupDestroyed) -> anyhow::Result<Exit> {
    let arguments::BackupDestroyed { keys_sha256, destroyed } = arguments;
    let (recorder, json) = (Recorder::of_destroyed(&destroyed).await?, destroyed.json);
    let destroyed = safekeeping::BackupDestroyed { keys_sha256, destroyed_at: destroyed.at };
    let mut logs_told = 0;
    for clinic in recorder.ledger.clinics().await? {
        let kept: Loaded<Safekeeping> = aggregate::load(&recorder.ledger, clinic, clinic).await?;
        if kept.knows_keys(&destroyed.keys_sha256) {
            recorder.record(clinic, Command::RecordBackupDestroyed(destroyed.clone())).await?;
            logs_told += 1;
        }
    }
    if logs_told == 0 {
        bail!("no log was ever told of a backup whose keys file has this hash");
    }
    if json {
        print::json(&Told { destroyed, logs_told })?
    } else {
        print::out(&format!("{logs_told} logs know that no copy of it is left."))?
    }
    Ok(Exit::Valid)
}
