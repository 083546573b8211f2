//! `daybook-replay restore`: a backup for production, into an empty database. Everything is verified before anything is signed,
//! and then every log begins a new epoch: a log that just went on from an earlier point would sign two roots for one size.
//!
//! What a crash leaves, at any line: before the log's file is in, an empty database; from then on one that no server runs on
//! and nobody appends to, until the same restore is done again, which goes on where it was. Of several logs some may have
//! begun their new epoch: they are left as they are. Files of visits are put back before any does (`files::PutBack`), so that no
//! server runs without them; a file that is missing or damaged is told of, and holds up no clinic.

pub mod arguments;
mod words;

use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::restoration::{self, Restoration, Step};
use daybook_ledger::verify::Report;
use daybook_ledger::{Clock, Ids, backup};
use serde::Serialize;
use sqlx::{Connection, PgConnection};

use crate::backup::{Beside, file};
use crate::exit::Exit;
use crate::files::{Attached, Examined, FileFault, Keys, Named, PutBack, examine};
use crate::opening;
use crate::print;
use crate::recorder::Recorder;
use crate::recover::{GoneBack, KeptElsewhere, sound};

/// What came of it.
#[derive(Serialize)]
struct Outcome {
    backup_made_at: DateTime<Utc>,
    /// Whether every log has begun its new epoch. If not, no server runs on the database.
    recovered: bool,
    /// Of the logs as they stand now.
    reports: Vec<Report>,
    /// Files of visits that the logs name, neither removed nor erased.
    files_named: usize,
    /// Nothing where none were put back.
    files: Option<FilesOutcome>,
}

/// What came of the files of visits.
#[derive(Serialize)]
struct FilesOutcome {
    storage: PathBuf,
    /// All that were put back, also those that no event names.
    count: u64,
    /// Those that the logs name, opened, and what was attached.
    as_attached: u64,
    wrong: Vec<FileFault>,
}

pub async fn run(arguments: arguments::Restore) -> anyhow::Result<Exit> {
    let beside = Beside::read(&arguments.files.from)?;
    let files_from = arguments.files.files_from.as_deref();
    if files_from.is_some() && arguments.storage.is_none() {
        bail!("--storage says where the files of visits are put back");
    }
    beside.is_of(&arguments.files.from, &arguments.files.keys_from, files_from)?;
    if beside.heads.is_empty() {
        bail!("there is no log in this backup");
    }
    let kept = KeptElsewhere::read(&arguments.kept)?;
    let url = &arguments.database.database_url;
    database::migrate(url).await?;
    let restoration = fill(&arguments, &beside).await?;
    let recorder = Recorder::of_restored(&arguments.database, &arguments.recording).await?;
    let gone_back = GoneBack::new(url, recorder, beside.heads, kept).await?;
    let reports = gone_back.verified("verifying").await?;
    let named = Attached::of_logs(&gone_back.recorder.ledger, &gone_back.heads).await?;
    let mut outcome =
        Outcome { backup_made_at: beside.made_at, recovered: false, reports, files_named: named.len(), files: None };
    if sound(&outcome.reports) {
        outcome.files = put_back(&arguments, &gone_back.recorder, named).await?;
        gone_back.begin_epochs(&outcome.reports, Some((beside.log.sha256, beside.made_at))).await?;
        let mut connection = PgConnection::connect(url).await?;
        restoration::record(&mut connection, &restoration, Step::Recovered, System.now()).await?;
        outcome.recovered = true;
        // Once more, as anyone will from now on.
        outcome.reports = gone_back.verified("verifying once more").await?;
    }
    if arguments.json {
        print::json(&outcome)?
    } else {
        print::out(&words::words(&outcome))?
    }
    let files_sound = outcome.files.as_ref().is_none_or(|files| files.wrong.is_empty());
    Ok(if outcome.recovered && sound(&outcome.reports) && files_sound { Exit::Valid } else { Exit::Invalid })
}

/// Brings the two files in, as far as they are not in.
async fn fill(arguments: &arguments::Restore, beside: &Beside) -> anyhow::Result<Restoration> {
    let url = &arguments.database.database_url;
    let mut connection = PgConnection::connect(url).await?;
    let begun = restoration::unfinished(&mut connection).await?;
    connection.close().await?;
    let (restoration, has_keys) = match begun {
        None => {
            let log_sha256 = beside.log.sha256.as_str().to_owned();
            let restoration = Restoration { id: System.internal(), log_sha256 };
            let step = (&restoration, Step::LogRestored, System.now());
            let mut source = file::open(&arguments.files.from, &arguments.files.identity, "restoring the log")?;
            let whole = backup::load(url, &mut source, Some(step)).await;
            whole.with_context(|| format!("{} is not restored; nothing of it was", arguments.files.from.display()))?;
            (restoration, false)
        }
        Some((restoration, has_keys)) if restoration.log_sha256 == beside.log.sha256.as_str() => {
            (restoration, has_keys)
        }
        Some(_) => {
            bail!("the restore of another backup was begun in this database; finish that one, or take a new database")
        }
    };
    if !has_keys {
        let step = (&restoration, Step::KeysRestored, System.now());
        let mut source = file::open(&arguments.files.keys_from, &arguments.files.keys_identity, "restoring the keys")?;
        let whole = backup::load(url, &mut source, Some(step)).await;
        whole.with_context(|| format!("{} is not restored; nothing of it was", arguments.files.keys_from.display()))?;
    }
    Ok(restoration)
}

/// Puts the files of visits where the servers will look for them, all of them as they were, and opens those that the logs name.
async fn put_back(
    arguments: &arguments::Restore,
    recorder: &Recorder,
    named: Named,
) -> anyhow::Result<Option<FilesOutcome>> {
    let Some((from, storage)) = arguments.files.files_from.as_ref().zip(arguments.storage.as_ref()) else {
        return Ok(None);
    };
    let store = database::connect(&arguments.database.database_url, DatabaseRole::Keys, 1).await?;
    let keys = Keys::of(store, opening::local_keys()?, recorder.ledger.clone());
    let mut source = file::open(from, &arguments.files.identity, "putting files of visits back")?;
    let mut put_back = PutBack::into(storage)?;
    let whole = examine(&mut source, named, &keys, Some(&mut put_back)).await;
    let Examined { files, as_attached, wrong } =
        whole.with_context(|| format!("the files of {} are not put back", from.display()))?;
    put_back.finish()?;
    let as_attached = as_attached.values().sum();
    Ok(Some(FilesOutcome { storage: storage.clone(), count: files, as_attached, wrong }))
}
