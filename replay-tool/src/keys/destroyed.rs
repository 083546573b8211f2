//! `daybook-replay keys secret-destroyed`: somebody's word that no copy of a key secret is left. Refused while keys are wrapped
//! under it.

use anyhow::bail;
use daybook_domain::safekeeping::{Command, KeySecretDestroyed};
use daybook_ledger::sealing::wrapped_under_which;
use serde::Serialize;

use super::{arguments, store};
use crate::exit::Exit;
use crate::print::{self, number};
use crate::recorder::Recorder;

/// What is told of it as JSON.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    destroyed: KeySecretDestroyed,
    logs_told: usize,
}

pub async fn run(arguments: arguments::SecretDestroyed) -> anyhow::Result<Exit> {
    let arguments::SecretDestroyed { key_secret, destroyed } = arguments;
    let recorder = Recorder::of_destroyed(&destroyed).await?;
    let (clinics, store) = (recorder.ledger.clinics().await?, store(&destroyed.database.database_url).await?);
    for clinic in &clinics {
        // What the log says of the last wrapping may be old: what is there counts.
        let under = wrapped_under_which(&store, *clinic).await?;
        if let Some(keys) = under.get(&key_secret) {
            bail!("{} keys of clinic {clinic} are wrapped under it; wrap them anew first", number(*keys));
        }
    }
    let told =
        Told { destroyed: KeySecretDestroyed { key_secret, destroyed_at: destroyed.at }, logs_told: clinics.len() };
    for clinic in &clinics {
        recorder.record(*clinic, Command::RecordSecretDestroyed(told.destroyed.clone())).await?;
    }
    if destroyed.json {
        print::json(&told)?
    } else {
        print::out(&format!("{} logs know that no copy of it is left.", told.logs_told))?
    }
    Ok(Exit::Valid)
}
