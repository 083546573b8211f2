//! `daybook-replay drill`: whether a backup can be restored. Into a Postgres of its own, gone afterwards; verified there, compared
//! with its keys and with the live log; how long it took and how much would have been lost is measured, not promised. What
//! came of it, good or bad, is signed by each log's key and stands in the log.

pub mod arguments;
mod compare;
mod copy;
mod words;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use chrono::{DateTime, Utc};
use daybook_domain::safekeeping::Command;
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use daybook_ledger::statement;
use daybook_ledger::verify::Verdict;
use daybook_projections::compare_twins;
use serde::Serialize;
use uuid::Uuid;

use crate::backup::{Beside, file};
use crate::exit::Exit;
use crate::print;
use crate::progress::Progress;
use crate::reader::Reader;
use crate::recorder::Recorder;
use compare::DrilledLog;
use copy::Copy;

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
    let recorder = Recorder::open(&arguments.database, &arguments.recording).await?;
    let beside = Beside::read(&arguments.files.from)?;
    let files_from = arguments.files.files_from.as_deref();
    beside.is_of(&arguments.files.from, &arguments.files.keys_from, files_from)?;
    let (drilled_at, begun) = (System.now(), Instant::now());
    let copy = Copy::start().await?;
    copy.restore(&arguments.files.from, &arguments.files.identity, "restoring the log").await?;
    copy.restore(&arguments.files.keys_from, &arguments.files.keys_identity, "restoring the keys").await?;
    let reports = copy.verified(&beside).await?;
    let unopened = copy.unopened(&beside).await?;
    let models = copy.read_models(&beside).await?;
    let named = copy.named_files(&beside).await?;
    let mut files_named: BTreeMap<Uuid, u64> = BTreeMap::new();
    named.keys().for_each(|name| *files_named.entry(name.clinic).or_default() += 1);
    let files = match files_from {
        Some(from) => Some(copy.files(from, &arguments.files.identity, named).await?),
        None => None,
    };
    let recovery = begun.elapsed();
    let (live, restored) = (Reader::connect(&arguments.database.database_url, 4).await?, copy.reader().await?);
    let progress = Progress::rows(models.iter().map(|model| model.rows).sum()).doing("comparing with the live");
    let mut logs = Vec::new();
    for ((head, report), unopened) in beside.heads.iter().zip(&reports).zip(unopened) {
        let mut log = compare::compare(&live, beside.made_at, head, report).await?;
        let twins =
            compare_twins(&live.pool, &restored.pool, head.clinic, head.size, |rows| progress.add(rows)).await?;
        log.wrong.extend(unopened.map(|error| error.to_string()));
        log.read_models(models.iter().filter(|model| model.clinic == head.clinic), twins);
        log.files(files_named.get(&head.clinic).copied().unwrap_or_default(), files.as_ref());
        logs.push(log);
    }
    progress.finish();
    let (point, time) = (arguments.point_objective, arguments.time_objective);
    let mut drilled = Drilled {
        drilled_at,
        backup_made_at: beside.made_at,
        recovery_seconds: recovery.as_secs_f64(),
        lost_seconds: logs.iter().map(|log| log.lost_seconds).max().unwrap_or(0),
        point_objective_seconds: point.map(|span| span.0),
        time_objective_seconds: time.map(|span| span.0),
        objectives_met: None,
        verdict: Verdict::Incomplete,
        logs,
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

    /// Tells every log that is still there, signed by its key, and writes the certificates.
    async fn certify(&mut self, recorder: &Recorder, beside: &Beside, folder: Option<&Path>) -> anyhow::Result<()> {
        for at in 0..self.logs.len() {
            let log = &self.logs[at];
            let Some(fact) = log.fact(self, beside)? else { continue };
            let clinic = log.clinic;
            let fact = recorder.ledger.certify(clinic, fact).await?;
            recorder.record(clinic, Command::RecordDrill(Box::new(fact.clone()))).await?;
            self.logs[at].recorded = true;
            if let Some(folder) = folder {
                let key = recorder.ledger.verifier(clinic).await?;
                let note =
                    key.and_then(|key| statement::certificate(&fact, &key)).context("the log's key is another one")?;
                write_certificate(folder, clinic, self.drilled_at, &note)?;
            }
        }
        Ok(())
    }
}

fn write_certificate(folder: &Path, clinic: Uuid, at: DateTime<Utc>, note: &str) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let name = folder.join(format!("{clinic}-{}.note", at.format("%Y%m%dT%H%M%S%3fZ")));
    file::write(&name, note.as_bytes()).with_context(|| format!("{} cannot be written", name.display()))
}
