//! Making a backup.

use std::path::Path;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_ledger::Clock;
use daybook_ledger::backup::{self, Dumped};
use daybook_ledger::clock::System;
use serde::Serialize;

use super::arguments;
use super::file::{self, Facts, Sealed};
use super::{Beside, record};
use crate::exit::Exit;
use crate::print::{self, number};
use crate::progress::Progress;
use crate::recorder::Recorder;

/// What is told of a backup as JSON.
#[derive(Serialize)]
struct Told<'a> {
    made_at: DateTime<Utc>,
    logs: usize,
    events: u64,
    bytes: u64,
    log: Written<'a>,
    keys: Written<'a>,
}

/// One of its files.
#[derive(Serialize)]
struct Written<'a> {
    file: &'a Path,
    #[serde(flatten)]
    facts: &'a Facts,
}

pub async fn run(arguments: arguments::MakeBackup) -> anyhow::Result<Exit> {
    let arguments::MakeBackup { to, recipient, keys_to, keys_recipient, json, recording, database } = arguments;
    if recipient == keys_recipient {
        bail!("whoever opens the log's backup could open the keys too: --keys-recipient has to be another recipient");
    }
    // Whoever cannot tell the logs of a backup hears of it before there is one.
    let recorder = Recorder::open(&database, &recording).await?;
    let made_at = System.now();
    let url = &database.database_url;
    let progress = Progress::bytes_about(backup::about(url).await?);
    let mut log = Sealed::create(&to, &recipient, &progress)?;
    let mut keys = Sealed::create(&keys_to, &keys_recipient, &progress)?;
    let Dumped { heads, key_secrets } = backup::dump(url, log.sink(), keys.sink()).await?;
    // The keys first: a log without its keys would be a backup of nothing that can be read. What lies beside comes last, and
    // says that all of it is there.
    let (keys, log) = (keys.finish()?, log.finish()?);
    progress.finish();
    let beside = Beside { made_at, heads, log, keys, key_secrets };
    let (logs, events, bytes) = (beside.heads.len(), beside.events(), beside.log.bytes + beside.keys.bytes);
    file::write(&file::beside(&to), &serde_json::to_vec_pretty(&beside)?)
        .context("what lies beside the backup cannot be written")?;
    record::tell(&recorder, &beside)
        .await
        .context("the backup is whole, and not every log was told of it: daybook-replay backup record tells them")?;
    let log = Written { file: &to, facts: &beside.log };
    let keys = Written { file: &keys_to, facts: &beside.keys };
    let told = Told { made_at, logs, events, bytes, log, keys };
    if json {
        print::json(&told)?
    } else {
        print::out(&words(&told))?
    }
    Ok(Exit::Valid)
}

fn words(told: &Told) -> String {
    let Told { logs, events, bytes, log, keys, .. } = told;
    let (events, bytes) = (number(*events), number(*bytes));
    format!("{events} events of {logs} logs, {bytes} bytes: {} and {}", log.file.display(), keys.file.display())
}
