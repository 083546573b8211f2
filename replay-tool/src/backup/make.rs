//! Making a backup.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_audit::Tone;
use daybook_ledger::Clock;
use daybook_ledger::backup::{self, Dumped};
use daybook_ledger::clock::System;
use serde::Serialize;
use uuid::Uuid;

use super::arguments;
use super::file::{self, Facts, Sealed};
use super::{Beside, FilesOf, record};
use crate::exit::Exit;
use crate::files::{Attached, FileFault, Gathered, Storage};
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
    /// Nothing where the files of visits are not in it.
    files: Option<WrittenFiles<'a>>,
    /// Files that the logs name, neither removed nor erased.
    files_named: usize,
}

/// One of its files.
#[derive(Serialize)]
struct Written<'a> {
    file: &'a Path,
    #[serde(flatten)]
    facts: &'a Facts,
}

/// The file of the files of visits.
#[derive(Serialize)]
struct WrittenFiles<'a> {
    #[serde(flatten)]
    written: Written<'a>,
    count: u64,
    /// Files that the logs name and that are not in it, or are not as long as what was attached.
    wrong: Vec<FileFault>,
}

pub async fn run(arguments: arguments::MakeBackup) -> anyhow::Result<Exit> {
    let arguments::MakeBackup { to, recipient, keys_to, keys_recipient, storage, files_to, json, recording, database } =
        arguments;
    if recipient == keys_recipient {
        bail!("whoever opens the log's backup could open the keys too: --keys-recipient has to be another recipient");
    }
    let storage = storage.as_deref().map(Storage::open).transpose()?.zip(files_to);
    // Whoever cannot tell the logs of a backup hears of it before there is one.
    let recorder = Recorder::open(&database, &recording).await?;
    let made_at = System.now();
    let url = &database.database_url;
    let progress = Progress::bytes_about(backup::about(url).await?);
    let mut log = Sealed::create(&to, &recipient, &progress)?;
    let mut keys = Sealed::create(&keys_to, &keys_recipient, &progress)?;
    let files_progress = Progress::bytes_about(0).doing("files of visits");
    let files = match &storage {
        Some((storage, name)) => Some((storage, name, Sealed::create(name, &recipient, &files_progress)?)),
        None => None,
    };
    let Dumped { heads, key_secrets } = backup::dump(url, log.sink(), keys.sink()).await?;
    // The keys first: a log without its keys would be a backup of nothing that can be read. What lies beside comes last, and
    // says that all of it is there.
    let (keys, log) = (keys.finish()?, log.finish()?);
    progress.finish();
    let named = Attached::of_logs(&recorder.ledger, &heads).await?;
    let files_named = named.len();
    let mut files_of: BTreeMap<Uuid, FilesOf> = BTreeMap::new();
    named.keys().for_each(|name| files_of.entry(name.clinic).or_default().named += 1);
    // After the log, never before: whatever it names is there by now.
    let (files, gathered) = match files {
        Some((storage, name, mut sealed)) => {
            files_progress.reach(0, named.values().map(Attached::sealed_length).sum());
            let gathered = storage.gather(named, sealed.sink())?;
            (Some(sealed.finish()?), Some((name, gathered)))
        }
        None => (None, None),
    };
    files_progress.finish();
    match &gathered {
        Some((_, gathered)) => {
            gathered.wrong.iter().for_each(|wrong| files_of.entry(wrong.clinic).or_default().missing += 1)
        }
        None => files_of.values_mut().for_each(|of| of.missing = of.named),
    }
    let beside = Beside { made_at, heads, log, keys, files, files_of: Some(files_of), key_secrets };
    let (logs, events) = (beside.heads.len(), beside.events());
    let bytes = beside.log.bytes + beside.keys.bytes + beside.files.as_ref().map_or(0, |files| files.bytes);
    file::write(&file::beside(&to), &serde_json::to_vec_pretty(&beside)?)
        .context("what lies beside the backup cannot be written")?;
    record::tell(&recorder, &beside)
        .await
        .context("the backup is whole, and not every log was told of it: daybook-replay backup record tells them")?;
    let log = Written { file: &to, facts: &beside.log };
    let keys = Written { file: &keys_to, facts: &beside.keys };
    let files = gathered.zip(beside.files.as_ref()).map(|((file, gathered), facts)| {
        let Gathered { files: count, wrong } = gathered;
        WrittenFiles { written: Written { file, facts }, count, wrong }
    });
    let told = Told { made_at, logs, events, bytes, log, keys, files, files_named };
    if json {
        print::json(&told)?
    } else {
        print::out(&words(&told))?
    }
    // It stands whole; but the storage is not what the log says.
    Ok(if told.files.as_ref().is_none_or(|files| files.wrong.is_empty()) { Exit::Valid } else { Exit::Invalid })
}

fn words(told: &Told) -> String {
    let Told { logs, events, bytes, log, keys, .. } = told;
    let (events, bytes) = (number(*events), number(*bytes));
    let text =
        format!("{events} events of {logs} logs, {bytes} bytes: {} and {}", log.file.display(), keys.file.display());
    match (&told.files, told.files_named) {
        (None, 0) => text,
        (None, named) => {
            let missing = format!("{} files of visits that the logs name are NOT in it", number(named as u64));
            format!("{text}\n{}: --storage and --files-to take them along.", Tone::Doubtful.on(missing))
        }
        (Some(files), _) => {
            let (count, file) = (number(files.count), files.written.file.display());
            let wrong = files.wrong.iter().map(|wrong| format!("\n  {}", Tone::Bad.on(wrong.words())));
            format!("{text}\n{count} files of visits: {file}{}", wrong.collect::<String>())
        }
    }
}
