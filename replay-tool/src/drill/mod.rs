//! `daybook-replay drill`: whether a backup can be restored. Into a Postgres of its own, gone afterwards; verified there, compared
//! with its keys and with the live log; how long it took and how much would have been lost is measured, not promised. What
//! came of it, good or bad, is signed by each log's key and stands in the log; and where nothing came of it, at what it failed.
//!
//! What a crash leaves: a drill that is not on record, as one that was never begun; the last that passed grows old.

pub mod arguments;
mod compare;
mod copy;
mod failed;
mod words;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use daybook_domain::safekeeping::{Command, DrillStep, RestoreDrilled};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use daybook_ledger::statement;
use daybook_ledger::verify::{Report, Verdict};
use daybook_projections::{Comparison, compare_twins};
use serde::Serialize;
use uuid::Uuid;

use crate::backup::arguments::BackupFiles;
use crate::backup::{Beside, file};
use crate::exit::Exit;
use crate::print;
use crate::progress::Progress;
use crate::reader::Reader;
use crate::recorder::Recorder;
use compare::DrilledLog;
use copy::Copy;
use failed::{During, Failed};

/// What a drill found out.
#[derive(Serialize)]
struct Drilled {
    drilled_at: DateTime<Utc>,
    /// When the backup was begun.
    backup_made_at: DateTime<Utc>,
    /// From the first byte read to everything restored and verified and the read models built (recovery time).
    recovery_seconds: f64,
    /// Of the clinic that would have lost most: from the begin of the backup to the last event of the live log that is not in
    /// it (recovery point).
    lost_seconds: u64,
    /// The most that may be lost, and the longest it may take, as promised.
    point_objective_seconds: Option<u64>,
    time_objective_seconds: Option<u64>,
    /// Whether every promise was kept; nothing where there was none.
    objectives_met: Option<bool>,
    verdict: Verdict,
    logs: Vec<DrilledLog>,
}

pub async fn run(arguments: arguments::Drill) -> anyhow::Result<Exit> {
    // Whoever can tell no log of it drills nothing.
    let recorder = Recorder::open(&arguments.database, &arguments.recording).await?;
    let drilled_at = System.now();
    let beside = match find(&recorder, &arguments).await {
        Ok(beside) => beside,
        Err(failed) => return Err(failed.tell(&recorder, drilled_at, None).await),
    };
    let mut drilled = match find_out(&arguments, &beside, drilled_at).await {
        Ok(drilled) => drilled,
        Err(failed) => return Err(failed.tell(&recorder, drilled_at, Some(&beside)).await),
    };
    drilled.judge();
    let told = drilled.certify(&recorder, &beside, arguments.certificates.as_deref()).await;
    // Also where a log cannot be told: what was found out is not kept back.
    if arguments.json {
        print::json(&drilled)?
    } else {
        print::out(&words::words(&drilled))?
    }
    told?;
    Ok(drilled.exit())
}

/// What lies beside the backup. One that knows of no log is none of a database that has some.
async fn find(recorder: &Recorder, arguments: &arguments::Drill) -> Result<Beside, Failed> {
    let beside = Beside::read(&arguments.files.from).during(DrillStep::FindBackup)?;
    let clinics = recorder.ledger.clinics().await.during(DrillStep::FindBackup)?;
    if beside.heads.is_empty() && !clinics.is_empty() {
        return Err(anyhow!("there is no log in this backup, and in the live database there is"))
            .during(DrillStep::FindBackup);
    }
    Ok(beside)
}

/// Restores, verifies and compares.
async fn find_out(arguments: &arguments::Drill, beside: &Beside, drilled_at: DateTime<Utc>) -> Result<Drilled, Failed> {
    let BackupFiles { from, identity, keys_from, keys_identity, files_from } = &arguments.files;
    let files_from = files_from.as_deref();
    beside.is_of(from, keys_from, files_from).during(DrillStep::CompareFiles)?;
    let begun = Instant::now();
    let copy = Copy::start().await.during(DrillStep::StartCopy)?;
    let opened = file::open(from, identity, "restoring the log").during(DrillStep::DecryptLog)?;
    copy.restore(from, opened).await.during(DrillStep::RestoreLog)?;
    let opened = file::open(keys_from, keys_identity, "restoring the keys").during(DrillStep::DecryptKeys)?;
    copy.restore(keys_from, opened).await.during(DrillStep::RestoreKeys)?;
    let reports = copy.verified(beside).await.during(DrillStep::Verify)?;
    let unopened = copy.unopened(beside).await.during(DrillStep::OpenKeys)?;
    let models = copy.read_models(beside).await.during(DrillStep::BuildReadModels)?;
    let named = copy.named_files(beside).await.during(DrillStep::NameFiles)?;
    let mut files_named: BTreeMap<Uuid, u64> = BTreeMap::new();
    named.keys().for_each(|name| *files_named.entry(name.clinic).or_default() += 1);
    let files = match files_from {
        Some(from) => {
            let opened = file::open(from, identity, "opening files of visits").during(DrillStep::DecryptFiles)?;
            Some(copy.files(from, opened, named).await.during(DrillStep::OpenFiles)?)
        }
        None => None,
    };
    let recovery = begun.elapsed();
    let mut logs = compared(&arguments.database.database_url, &copy, beside, &reports, &models)
        .await
        .during(DrillStep::CompareLive)?;
    for (log, unopened) in logs.iter_mut().zip(unopened) {
        log.wrong.extend(unopened.map(|error| error.to_string()));
        log.files(files_named.get(&log.clinic).copied().unwrap_or_default(), files.as_ref());
    }
    let (point, time) = (arguments.point_objective, arguments.time_objective);
    Ok(Drilled {
        drilled_at,
        backup_made_at: beside.made_at,
        recovery_seconds: recovery.as_secs_f64(),
        lost_seconds: logs.iter().map(|log| log.lost_seconds).max().unwrap_or(0),
        point_objective_seconds: point.map(|span| span.0),
        time_objective_seconds: time.map(|span| span.0),
        objectives_met: None,
        verdict: Verdict::Incomplete,
        logs,
    })
}

/// Each restored log beside the live one, in the order of the heads.
async fn compared(
    url: &str,
    copy: &Copy,
    beside: &Beside,
    reports: &[Report],
    models: &[Comparison],
) -> anyhow::Result<Vec<DrilledLog>> {
    let (live, restored) = (Reader::connect(url, 4).await?, copy.reader().await?);
    let progress = Progress::rows(models.iter().map(|model| model.rows).sum()).doing("comparing with the live");
    let mut logs = Vec::new();
    for (head, report) in beside.heads.iter().zip(reports) {
        let mut log = compare::compare(&live, beside.made_at, head, report).await?;
        let twins =
            compare_twins(&live.pool, &restored.pool, head.clinic, head.size, |rows| progress.add(rows)).await?;
        log.read_models(models.iter().filter(|model| model.clinic == head.clinic), twins);
        logs.push(log);
    }
    progress.finish();
    Ok(logs)
}

impl Drilled {
    fn judge(&mut self) {
        self.verdict = match (self.logs.is_empty(), self.logs.iter().all(|log| log.wrong.is_empty())) {
            (true, _) => Verdict::Incomplete,
            (_, true) => Verdict::Valid,
            _ => Verdict::Invalid,
        };
        let promises = [
            self.point_objective_seconds.map(|most| self.lost_seconds <= most),
            self.time_objective_seconds.map(|most| self.recovery_seconds <= most as f64),
        ];
        self.objectives_met = promises.into_iter().flatten().reduce(|one, other| one && other);
    }

    /// A promise that was not kept is no success, though all of it was restored.
    fn exit(&self) -> Exit {
        match (self.verdict, self.objectives_met) {
            (Verdict::Valid, Some(false)) => Exit::Invalid,
            (verdict, _) => verdict.into(),
        }
    }

    /// Tells every log that is still there, signed by its key, and then writes the certificates. One that cannot be told is no
    /// reason not to tell the others.
    async fn certify(&mut self, recorder: &Recorder, beside: &Beside, folder: Option<&Path>) -> anyhow::Result<()> {
        let (mut certified, mut untold) = (Vec::new(), None);
        let progress = Progress::logs(self.logs.len() as u64).doing("telling the logs");
        for at in 0..self.logs.len() {
            let clinic = self.logs[at].clinic;
            if let Some(fact) = self.logs[at].fact(self, beside)? {
                match told(recorder, clinic, fact).await {
                    Ok(fact) => {
                        self.logs[at].recorded = true;
                        certified.push((clinic, fact));
                    }
                    Err(error) => untold = untold.or(Some(error)),
                }
            }
            progress.add(1);
        }
        progress.finish();
        let Some(folder) = folder else { return untold.map_or(Ok(()), Err) };
        for (clinic, fact) in &certified {
            let key = recorder.ledger.verifier(*clinic).await?;
            let note =
                key.and_then(|key| statement::certificate(fact, &key)).context("the log's key is another one")?;
            write_certificate(folder, *clinic, self.drilled_at, &note)?;
        }
        untold.map_or(Ok(()), Err)
    }
}

/// The fact as the log was told it, signed.
async fn told(recorder: &Recorder, clinic: Uuid, fact: RestoreDrilled) -> anyhow::Result<RestoreDrilled> {
    let fact = recorder.ledger.certify(clinic, fact).await?;
    recorder.record(clinic, Command::RecordDrill(Box::new(fact.clone()))).await?;
    Ok(fact)
}

fn write_certificate(folder: &Path, clinic: Uuid, at: DateTime<Utc>, note: &str) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let name = folder.join(format!("{clinic}-{}.note", at.format("%Y%m%dT%H%M%S%3fZ")));
    file::write(&name, note.as_bytes()).with_context(|| format!("{} cannot be written", name.display()))
}
