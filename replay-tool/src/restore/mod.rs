//! `daybook-replay restore`: a backup for production, into an empty database. Everything is verified before anything is signed,
//! and then every log begins a new epoch: a log that just went on from an earlier point would sign two roots for one size.
//!
//! What a crash leaves, at any line: before the log's file is in, an empty database; from then on one that no server runs on
//! and nobody appends to, until the same restore is done again, which goes on where it was. Of several logs some may have
//! begun their new epoch: they are left as they are. Files of visits are put back before any does (`files::PutBack`), so that no
//! server runs without them; a file that is missing or damaged is told of, and holds up no clinic.

pub mod arguments;
mod kept;
mod words;

use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::erased::count_keys;
use daybook_ledger::restoration::{self, Restoration, Step};
use daybook_ledger::sealing::all_open;
use daybook_ledger::verify::{self, Report, Verdict};
use daybook_ledger::{Clock, Ids, Recovery, backup};
use serde::Serialize;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, PgPool};

use crate::backup::{Beside, file};
use crate::exit::Exit;
use crate::files::{Attached, Examined, FileFault, Keys, Named, PutBack, examine};
use crate::opening;
use crate::print;
use crate::progress::Progress;
use crate::recorder::Recorder;
use crate::verify::{keys, unwitnessed};
use kept::KeptElsewhere;

/// Connections for verifying.
const CONNECTIONS: u32 = 8;

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
    let kept = KeptElsewhere::read(&arguments)?;
    database::migrate(&arguments.database.database_url).await?;
    let restoration = fill(&arguments, &beside).await?;
    let pool = database::connect(&arguments.database.database_url, DatabaseRole::Project, CONNECTIONS).await?;
    let recorder = Recorder::of_restored(&arguments.database, &arguments.recording).await?;
    let reports = verified(&arguments, &recorder, &pool, &beside, &kept, "verifying").await?;
    let named = Attached::of_logs(&recorder.ledger, &beside.heads).await?;
    let mut outcome =
        Outcome { backup_made_at: beside.made_at, recovered: false, reports, files_named: named.len(), files: None };
    if sound(&outcome.reports) {
        outcome.files = put_back(&arguments, &recorder, named).await?;
        recover(&recorder, &outcome.reports, &beside, &kept).await?;
        let mut connection = PgConnection::connect(&arguments.database.database_url).await?;
        restoration::record(&mut connection, &restoration, Step::Recovered, System.now()).await?;
        outcome.recovered = true;
        // Once more, as anyone will from now on.
        outcome.reports = verified(&arguments, &recorder, &pool, &beside, &kept, "verifying once more").await?;
    }
    if arguments.json {
        print::json(&outcome)?
    } else {
        print::out(&words::words(&outcome))?
    }
    let files_sound = outcome.files.as_ref().is_none_or(|files| files.wrong.is_empty());
    Ok(if outcome.recovered && sound(&outcome.reports) && files_sound { Exit::Valid } else { Exit::Invalid })
}

/// A log that nothing was written to yet is nothing to verify, and no reason not to restore the others.
fn sound(reports: &[Report]) -> bool {
    reports.iter().all(|report| report.verdict != Verdict::Invalid)
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

/// A report of each log, in the order of the clinics: as whole as a verification finds it, grown from every checkpoint that
/// was kept as far as the backup goes, and all its keys there. Nothing is said of any where the database holds other logs than
/// the backup was said to.
async fn verified(
    arguments: &arguments::Restore,
    recorder: &Recorder,
    pool: &PgPool,
    beside: &Beside,
    kept: &KeptElsewhere,
    doing: &str,
) -> anyhow::Result<Vec<Report>> {
    let clinics = verify::clinics(pool).await?;
    if let Some(missing) = beside.heads.iter().find(|head| !clinics.contains(&head.clinic)) {
        bail!("the log of clinic {} is not in the backup, and what lies beside it says that it is", missing.clinic);
    }
    let store = database::connect(&arguments.database.database_url, DatabaseRole::Keys, 1).await?;
    let progress = Progress::events(beside.events()).doing(doing);
    let mut reports = Vec::new();
    for clinic in clinics {
        let head = beside.heads.iter().find(|head| head.clinic == clinic);
        let outside = kept.outside(clinic, head, &recorder.ledger.epochs(clinic).await?)?;
        let mut report = verify::against(pool, clinic, &outside, |events| progress.add(events)).await?;
        report.witnessing = Some(unwitnessed::witnessing(&report, None));
        reports.push(report);
    }
    progress.finish();
    keys::compare(&mut reports, pool, &store).await?;
    let clinics: Vec<_> = reports.iter().map(|report| report.clinic).collect();
    let (secrets, all, mut before) = (opening::local_keys()?, count_keys(&store, &clinics).await?, 0);
    let progress = Progress::keys(all).doing("opening the keys");
    for clinic in clinics {
        let open = all_open(&store, &secrets, clinic, |done, _| progress.reach(before + done, all)).await;
        before +=
            open.with_context(|| format!("the keys of clinic {clinic} do not open with the secrets that are set"))?;
    }
    progress.finish();
    Ok(reports)
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

/// Begins the new epochs, of the logs that have not.
async fn recover(recorder: &Recorder, reports: &[Report], beside: &Beside, kept: &KeptElsewhere) -> anyhow::Result<()> {
    let progress = Progress::logs(reports.len() as u64).doing("beginning new epochs");
    for clinic in reports.iter().map(|report| report.clinic) {
        let size = beside.heads.iter().find(|head| head.clinic == clinic).map_or(0, |head| head.size);
        let epochs = recorder.ledger.epochs(clinic).await?;
        // Nobody could append since the restore but this: an epoch that begins where the backup ends is of this restore.
        if epochs.len() > 1 && epochs.last().is_some_and(|last| last.from == size) {
            progress.add(1);
            continue;
        }
        let last_checkpoint = kept.last_beyond(clinic, size, &epochs)?;
        let backup = Some((beside.log.sha256.clone(), beside.made_at));
        recorder.recover(clinic, &Recovery { last_checkpoint, backup }).await?;
        progress.add(1);
    }
    progress.finish();
    Ok(())
}
