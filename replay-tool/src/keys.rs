//! `daybook-replay keys`: wrapping patients' keys under a new secret, so that the old one can be destroyed, and with it what every
//! backup from before holds of patients who were erased since.

use std::collections::BTreeMap;

use anyhow::Context;
use daybook_domain::KeySecretId;
use daybook_domain::safekeeping::{Command, KeySecretDestroyed, KeysRewrapped};
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{rewrap, wrapped_under_which};
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use crate::arguments::{self, KeysCommand};
use crate::exit::Exit;
use crate::opening;
use crate::print::{self, number};
use crate::reader::Reader;
use crate::recorder::Recorder;

pub async fn run(arguments: arguments::Keys) -> anyhow::Result<Exit> {
    match arguments.command {
        KeysCommand::Rewrap(arguments) => wrapped_anew(arguments).await,
        KeysCommand::SecretDestroyed(arguments) => secret_destroyed(arguments).await,
        KeysCommand::Status(arguments) => status(arguments).await,
    }
}

async fn store(url: &str) -> anyhow::Result<PgPool> {
    let store = database::connect(url, DatabaseRole::Keys, 2).await;
    store.context("the key store cannot be reached; the login must be a member of daybook_keys")
}

/// Clinic by clinic: a log is told once all its keys are wrapped, and never before.
async fn wrapped_anew(arguments: arguments::Rewrap) -> anyhow::Result<Exit> {
    let arguments::Rewrap { operator, recording, database } = arguments;
    let (keys, store) = (opening::local_keys()?, store(&database.database_url).await?);
    let recorder = Recorder::open(&database, &recording).await?.on_the_word_of(operator);
    let mut all = 0;
    for clinic in recorder.ledger.clinics().await? {
        let done = rewrap(&store, &keys, clinic).await;
        let done =
            done.with_context(|| format!("the keys of clinic {clinic} are not all wrapped anew; all of them open"))?;
        let from = done.from.into_iter().collect();
        let fact = KeysRewrapped { key_secret: keys.key_secret(), from, keys: done.keys };
        recorder.record(clinic, Command::RecordRewrapping(fact)).await?;
        all += done.keys;
    }
    print::out(&format!("All {} keys are wrapped under the secret {}.", number(all), keys.key_secret().as_str()))?;
    Ok(Exit::Valid)
}

async fn secret_destroyed(arguments: arguments::SecretDestroyed) -> anyhow::Result<Exit> {
    let arguments::SecretDestroyed { key_secret, at, operator, recording, database } = arguments;
    let recorder = Recorder::open(&database, &recording).await?.on_the_word_of(operator);
    let (clinics, store) = (recorder.ledger.clinics().await?, store(&database.database_url).await?);
    for clinic in &clinics {
        // What the log says of the last wrapping may be old: what is there counts.
        let under = wrapped_under_which(&store, *clinic).await?;
        if let Some(keys) = under.get(&key_secret) {
            anyhow::bail!("{} keys of clinic {clinic} are wrapped under it; wrap them anew first", number(*keys));
        }
    }
    for clinic in &clinics {
        let fact = KeySecretDestroyed { key_secret: key_secret.clone(), destroyed_at: at };
        recorder.record(*clinic, Command::RecordSecretDestroyed(fact)).await?;
    }
    print::out(&format!("{} logs know that no copy of it is left.", clinics.len()))?;
    Ok(Exit::Valid)
}

/// What one clinic's keys are wrapped under.
#[derive(Serialize)]
struct Status {
    clinic: Uuid,
    key_secrets: BTreeMap<KeySecretId, u64>,
}

async fn status(arguments: arguments::KeysStatus) -> anyhow::Result<Exit> {
    let url = &arguments.database.database_url;
    let (reader, store) = (Reader::connect(url, 2).await?, store(url).await?);
    let mut found = Vec::new();
    for clinic in reader.ledger.clinics().await? {
        found.push(Status { clinic, key_secrets: wrapped_under_which(&store, clinic).await? });
    }
    if arguments.json {
        print::json(&found)?;
    } else {
        for Status { clinic, key_secrets } in &found {
            let under = key_secrets.iter().map(|(secret, keys)| format!("{} under {}", number(*keys), secret.as_str()));
            print::out(&format!("Clinic {clinic}: {}", under.collect::<Vec<_>>().join(", ")))?;
        }
    }
    Ok(Exit::Valid)
}
