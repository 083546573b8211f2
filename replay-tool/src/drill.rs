//! `daybook-replay drill`: whether a backup can be restored. Into a Postgres of its own, gone afterwards; verified there, compared
//! with its keys and with the live log; how long it took and how much would have been lost is measured, not promised.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_ledger::backup::{self, Head};
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::verify::{self, Report, Verdict};
use daybook_ledger::{erased, merkle};
use private_postgres::{Options, Throwaway};
use serde::Serialize;
use sqlx::Connection;
use uuid::Uuid;

use crate::arguments;
use crate::backup::{Beside, file};
use crate::exit::Exit;
use crate::print::{self, harmless, number};
use crate::reader::Reader;

/// Of what lies beside a backup, more is not read.
const BESIDE_BYTES: u64 = 64 << 20;

/// What a drill found out.
#[derive(Serialize)]
struct Drilled {
    /// When the backup was begun.
    backup_made_at: DateTime<Utc>,
    /// From the first byte read to everything restored and verified (recovery time).
    recovery_seconds: f64,
    /// Of the clinic that would have lost most: from the last event in the backup to the last one of the live log (recovery
    /// point).
    lost_seconds: i64,
    verdict: Verdict,
    logs: Vec<DrilledLog>,
}

#[derive(Serialize)]
struct DrilledLog {
    clinic: Uuid,
    events: u64,
    /// Events of the live log that are not in the backup.
    lost_events: u64,
    lost_seconds: i64,
    /// What is wrong with it; nothing if empty.
    wrong: Vec<String>,
}

pub async fn run(arguments: arguments::Drill) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let beside = read_beside(&arguments.from)?;
    let cluster = tokio::task::spawn_blocking(|| {
        let data_dir = "/var/tmp".into();
        Throwaway::start(Options { data_dir, durable: false, max_connections: 40, shared_buffers_mb: 128 })
    });
    let cluster = cluster.await?.context("a Postgres of its own cannot be started")?;
    let url = cluster.url("postgres");
    database::migrate(&url).await?;
    restore(&url, &arguments.from, &arguments.identity).await?;
    restore(&url, &arguments.keys_from, &arguments.keys_identity).await?;
    let reports = verified(&url, &beside).await?;
    let recovery_seconds = begun.elapsed().as_secs_f64();
    let live = Reader::connect(&arguments.database.database_url, 4).await?;
    let mut logs = Vec::new();
    for (head, report) in beside.heads.iter().zip(&reports) {
        logs.push(compare(&live, head, report).await?);
    }
    let sound = !logs.is_empty() && logs.iter().all(|log| log.wrong.is_empty());
    let verdict = match (logs.is_empty(), sound) {
        (true, _) => Verdict::Incomplete,
        (_, true) => Verdict::Valid,
        _ => Verdict::Invalid,
    };
    let lost_seconds = logs.iter().map(|log| log.lost_seconds).max().unwrap_or(0);
    let drilled = Drilled { backup_made_at: beside.made_at, recovery_seconds, lost_seconds, verdict, logs };
    if arguments.json {
        print::json(&drilled)?
    } else {
        print::out(&words(&drilled))?
    }
    Ok(verdict.into())
}

fn read_beside(from: &Path) -> anyhow::Result<Beside> {
    use std::io::Read;
    let (name, mut text) = (file::beside(from), Vec::new());
    let read = std::fs::File::open(&name).and_then(|file| file.take(BESIDE_BYTES).read_to_end(&mut text));
    read.with_context(|| {
        format!("{} is not there: the backup was not finished, or it was parted from it", name.display())
    })?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not what lies beside a backup", name.display()))
}

async fn restore(url: &str, from: &Path, identity: &Path) -> anyhow::Result<()> {
    let mut source = file::open(from, identity)?;
    let whole = backup::load(url, &mut source).await;
    whole.with_context(|| format!("{} cannot be restored; nothing of it was", from.display()))
}

/// One report for each head beside the backup, in their order.
async fn verified(url: &str, beside: &Beside) -> anyhow::Result<Vec<Report>> {
    let pool = database::connect(url, DatabaseRole::Project, 8).await?;
    let store = database::connect(url, DatabaseRole::Keys, 1).await?;
    let mut restored = backup::heads(&mut *pool.acquire().await?).await?;
    restored.retain(|head| !beside.heads.contains(head));
    if let Some(other) = restored.first() {
        bail!("the log of clinic {} stands elsewhere in the backup than what lies beside it says", other.clinic);
    }
    let mut reports = Vec::new();
    for head in &beside.heads {
        let mut report = verify::clinic(&pool, head.clinic, |_| {}).await?;
        erased::compare_keys(&mut report, &pool, &store).await?;
        reports.push(report);
    }
    Ok(reports)
}

/// Whether the live log has grown from the restored one, and by how much.
async fn compare(live: &Reader, head: &Head, report: &Report) -> anyhow::Result<DrilledLog> {
    let mut wrong: Vec<_> = report
        .findings
        .iter()
        .map(|found| format!("position {}: {:?} {}", found.position, found.check, harmless(&found.what)))
        .collect();
    if (report.events, &report.root) != (head.size, &head.root) {
        wrong.push("it was not restored to where it stood".into());
    }
    let mut connection = sqlx::PgConnection::connect_with(&live.pool.connect_options()).await?;
    let now = backup::heads(&mut connection).await?.into_iter().find(|now| now.clinic == head.clinic);
    let (mut lost_events, mut lost_seconds) = (0, 0);
    match now {
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
            lost_seconds = (now.recorded_at - head.recorded_at).num_seconds();
        }
    }
    Ok(DrilledLog { clinic: head.clinic, events: head.size, lost_events, lost_seconds, wrong })
}

fn root(hexadecimal: &str) -> anyhow::Result<[u8; 32]> {
    let byte = |at: usize| hexadecimal.get(2 * at..2 * at + 2).and_then(|text| u8::from_str_radix(text, 16).ok());
    let bytes = (0..32).map(byte).collect::<Option<Vec<u8>>>().and_then(|bytes| bytes.try_into().ok());
    bytes.context("a root is not 32 bytes of hexadecimal")
}

fn words(drilled: &Drilled) -> String {
    let verdict = match drilled.verdict {
        Verdict::Valid => "restored and verified",
        Verdict::Invalid => "NOT as it was written",
        Verdict::Incomplete => "incomplete: there is no log in it",
    };
    let mut text = format!(
        "Backup of {}: {verdict}\nRecovery time, measured: {:.1} s. Recovery point, measured: {} s of the live log are not in it.",
        print::time(drilled.backup_made_at),
        drilled.recovery_seconds,
        drilled.lost_seconds,
    );
    for log in &drilled.logs {
        text.push_str(&format!(
            "\nClinic {}: {} events, {} of the live log missing",
            log.clinic,
            number(log.events),
            number(log.lost_events)
        ));
        log.wrong.iter().for_each(|wrong| text.push_str(&format!("\n  {wrong}")));
    }
    text
}
