//! A restored log beside the live one: whether that has grown from it, and by how much.

use anyhow::Context;
use chrono::{DateTime, Utc};
use daybook_domain::SignatureHex;
use daybook_domain::safekeeping::{RestoreDrilled, Restored};
use daybook_ledger::backup::{self, Head};
use daybook_ledger::format::{Hash, read_hash};
use daybook_ledger::merkle;
use daybook_ledger::verify::Report;
use daybook_ledger::witnessed::{Witnessing, anybody};
use daybook_projections::{Comparison, Twin};
use serde::Serialize;
use uuid::Uuid;

use super::Drilled;
use crate::backup::Beside;
use crate::files::{Examined, FileFault};
use crate::print::harmless;
use crate::reader::Reader;

#[derive(Serialize)]
pub struct DrilledLog {
    pub clinic: Uuid,
    pub events: u64,
    /// What witnesses had seen of it when the backup was begun.
    pub witnessing: Witnessing,
    /// Events of the live log that are not in the backup.
    pub lost_events: u64,
    pub lost_seconds: u64,
    /// Rows of the read models, built anew from the restored log.
    pub read_model_rows: u64,
    /// Of those, rows that the live database has too, and the same; nothing where it has no read models that far.
    pub read_model_rows_as_live: Option<u64>,
    /// Files of visits that it names, neither removed nor erased.
    pub files: u64,
    /// Of those, files that were opened and are what was attached; nothing where they were not looked at.
    pub verified_files: Option<u64>,
    /// What is wrong with it; nothing if empty.
    pub wrong: Vec<String>,
    /// Whether the live log was told, signed.
    pub recorded: bool,
    #[serde(skip)]
    verified: (u64, u64),
    #[serde(skip)]
    root: String,
    #[serde(skip)]
    live: Option<Head>,
}

impl DrilledLog {
    /// Takes in what came of building the read models, and of holding them against the live ones.
    pub fn read_models<'a>(&mut self, built: impl Iterator<Item = &'a Comparison>, twins: Option<Vec<Twin>>) {
        for model in built {
            self.read_model_rows += model.rows;
            if model.difference_count > 0 || model.stopped.is_some() {
                self.wrong.push(format!("the read model {} is not what the restored log says", model.projection));
            }
        }
        for twin in twins.iter().flatten().filter(|twin| twin.different > 0) {
            let (projection, different) = (twin.projection, twin.different);
            self.wrong.push(format!("the read model {projection} differs from the live one in {different} rows"));
        }
        let same = |twins: Vec<Twin>| twins.iter().map(|twin| twin.rows - twin.different).sum();
        self.read_model_rows_as_live = twins.map(same);
    }

    /// Takes in how many files it names, and what came of opening them, where they were looked at.
    pub fn files(&mut self, named: u64, examined: Option<&Examined>) {
        self.files = named;
        self.verified_files =
            examined.map(|examined| examined.as_attached.get(&self.clinic).copied().unwrap_or_default());
        let wrong = examined.iter().flat_map(|examined| &examined.wrong).filter(|wrong| wrong.clinic == self.clinic);
        self.wrong.extend(wrong.map(FileFault::words));
    }

    /// Whether the live database has it.
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// What the log is told, not yet signed; nothing where there is no such log any more.
    pub fn fact(&self, drilled: &Drilled, beside: &Beside) -> anyhow::Result<Option<RestoreDrilled>> {
        let Some(live) = &self.live else { return Ok(None) };
        Ok(Some(RestoreDrilled {
            drilled_at: drilled.drilled_at,
            backup_begun_at: beside.made_at,
            log_sha256: beside.log.sha256.clone(),
            keys_sha256: beside.keys.sha256.clone(),
            size: self.events,
            root: self.root.as_str().try_into()?,
            restored: if self.wrong.is_empty() { Restored::AsWritten } else { Restored::NotAsWritten },
            verified_events: self.verified.0,
            verified_checkpoints: self.verified.1,
            wrong: self.wrong.len() as u64,
            read_model_rows: Some(self.read_model_rows),
            read_model_rows_as_live: self.read_model_rows_as_live,
            named_files: Some(self.files),
            verified_files: self.verified_files,
            live_size: live.size,
            live_root: live.root.as_str().try_into()?,
            lost_events: self.lost_events,
            lost_seconds: self.lost_seconds,
            point_objective_seconds: drilled.point_objective_seconds,
            recovery_milliseconds: (drilled.recovery_seconds * 1_000.0).ceil() as u64,
            time_objective_seconds: drilled.time_objective_seconds,
            signature: SignatureHex::missing(),
        }))
    }
}

/// Whether the live log has grown from the restored one, and by how much. Everything recorded before the backup was begun is
/// in it, so that only what came after that moment can be lost.
pub async fn compare(
    live: &Reader,
    made_at: DateTime<Utc>,
    head: &Head,
    report: &Report,
) -> anyhow::Result<DrilledLog> {
    let mut wrong: Vec<_> = report
        .findings
        .iter()
        .map(|found| format!("position {}: {:?} {}", found.position, found.check, harmless(&found.what)))
        .collect();
    if (report.events, &report.root) != (head.size, &head.root) {
        wrong.push("it was not restored to where it stood".into());
    }
    let now = backup::heads(&mut *live.pool.acquire().await?).await?.into_iter().find(|now| now.clinic == head.clinic);
    let (mut lost_events, mut lost_seconds) = (0, 0);
    match &now {
        None => wrong.push("the live database has no such log".into()),
        Some(now) if now.size < head.size => wrong.push("the live log is shorter than the backup".into()),
        Some(now) if now.size == head.size => {
            if now.root != head.root {
                wrong.push("the live log is another one: it has another root at the same size".into());
            }
        }
        Some(now) => {
            let path = live.ledger.consistency(head.clinic, head.size, now.size).await?.unwrap_or_default();
            let grown = merkle::verify_consistency(head.size, &root(&head.root)?, now.size, &root(&now.root)?, &path);
            if grown.is_err() {
                wrong.push("the live log has not grown from it".into());
            }
            lost_events = now.size - head.size;
            lost_seconds = (now.recorded_at - made_at).num_seconds().try_into().unwrap_or(0);
        }
    }
    Ok(DrilledLog {
        clinic: head.clinic,
        events: head.size,
        witnessing: report.watched.witnessing(anybody, made_at),
        lost_events,
        lost_seconds,
        read_model_rows: 0,
        read_model_rows_as_live: None,
        files: 0,
        verified_files: None,
        wrong,
        recorded: false,
        verified: (report.events, report.checkpoints),
        root: head.root.clone(),
        live: now,
    })
}

fn root(hexadecimal: &str) -> anyhow::Result<Hash> {
    read_hash(hexadecimal).context("a root is not 32 bytes of hexadecimal")
}
