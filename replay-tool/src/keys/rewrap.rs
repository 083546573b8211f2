//! `daybook-replay keys rewrap`. Clinic by clinic: a log is told once all its keys are wrapped, and never before.

use anyhow::Context;
use daybook_domain::KeySecretId;
use daybook_domain::safekeeping::{Command, KeysRewrapped};
use daybook_ledger::sealing::rewrap;
use serde::Serialize;

use super::{arguments, store};
use crate::exit::Exit;
use crate::opening;
use crate::print::{self, number};
use crate::progress::Progress;
use crate::recorder::Recorder;

/// What is told of it as JSON.
#[derive(Serialize)]
struct Told {
    key_secret: KeySecretId,
    keys: u64,
}

pub async fn run(arguments: arguments::Rewrap) -> anyhow::Result<Exit> {
    let arguments::Rewrap { operator, json, recording, database } = arguments;
    let (keys, store) = (opening::local_keys()?, store(&database.database_url).await?);
    let recorder = Recorder::open(&database, &recording).await?.on_the_word_of(operator);
    let mut all = 0;
    for clinic in recorder.ledger.clinics().await? {
        let progress = Progress::keys(0);
        let done = rewrap(&store, &keys, clinic, |done, of| progress.reach(done, of)).await;
        let done =
            done.with_context(|| format!("the keys of clinic {clinic} are not all wrapped anew; all of them open"))?;
        let from = done.from.into_iter().collect();
        let fact = KeysRewrapped { key_secret: keys.key_secret(), from, keys: done.keys };
        recorder.record(clinic, Command::RecordRewrapping(fact)).await?;
        all += done.keys;
    }
    let told = Told { key_secret: keys.key_secret(), keys: all };
    if json {
        print::json(&told)?
    } else {
        print::out(&format!("All {} keys are wrapped under the secret {}.", number(all), told.key_secret.as_str()))?
    }
    Ok(Exit::Valid)
}
