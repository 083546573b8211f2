//! Replaying a log of a million events, alternating, on one Postgres: Daybook verifies every hash, link, leaf, tile, root
//! and signature, with every event decoded and without; `COPY` reads the same rows and does nothing with them; postgres-es
//! streams the same events from its own table and decodes them. The log is exported as a bundle, too. Then all read models are built again from as many events of
//! ordinary visits.

use std::time::Instant;

use anyhow::{Context, ensure};
use cqrs_es::persist::PersistedEventRepository;
use daybook_domain::{Visit, visit};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::kept::Outside;
use daybook_ledger::verify::{self, Verdict};
use daybook_ledger::{Ids, Stream};
use daybook_projections::Selection;
use futures::{StreamExt, TryStreamExt, stream};
use postgres_es::PostgresEventRepository;
use sqlx::PgPool;
use uuid::Uuid;

use crate::export;
use crate::ledger::{daybook, metadata, payload, peers};
use crate::report::Row;
use crate::visits;

const ROUNDS: usize = 3;
const STREAM: u64 = 50;
pub const CLINIC: Uuid = Uuid::from_u128(1);

/// Fills both logs with `events` events and replays them in turn.
pub async fn run(cluster: &str, events: u64) -> anyhow::Result<Vec<Row>> {
    let (ledger, url) = daybook::fresh(cluster).await?;
    fill(&ledger, 0, events).await?;
    let ours = PgPool::connect(&url).await?;
    let theirs = peers::fresh(cluster, "bench_postgres_es", peers::THEIR_TABLE, 4).await?;
    fill_theirs(&theirs, events).await?;
    let visits = Visits::fill(cluster, events).await?;
    let mut measured: [Measured; 6] = Default::default();
    for round in 1..=ROUNDS {
        let [copied, verified, replayed, exported, peer, rebuilt] = &mut measured;
        copied.round(copy(&ours)).await?;
        verified.round(verify(&ours, events)).await?;
        replayed.round(replay(&ours, events)).await?;
        exported.round(export::whole(&ledger, CLINIC, events)).await?;
        peer.round(replay_theirs(&theirs, events)).await?;
        rebuilt.round(visits.rebuild()).await?;
        eprintln!("round {round}: {:.2?}", measured.each_ref().map(|of| of.seconds[round - 1]));
    }
    let systems = ["copy", "verify", "verify+decode", "export", "postgres-es", "rebuild"];
    let logs = [events, events, events, events, events, visits.events];
    let rows = systems.into_iter().zip(logs).zip(measured);
    Ok(rows.map(|((system, events), measured)| row(system, events, measured)).collect())
}

/// How long each round took, and what the process held at most in any.
#[derive(Default)]
struct Measured {
    seconds: Vec<f64>,
    mib: Option<u64>,
}

impl Measured {
    async fn round(&mut self, work: impl Future<Output = anyhow::Result<f64>>) -> anyhow::Result<()> {
        forget_peak();
        self.seconds.push(work.await?);
        self.mib = self.mib.max(peak_mib());
        Ok(())
    }
}

/// A log of ordinary visits, and its read models.
struct Visits {
    ledger: daybook_ledger::Ledger,
    pool: PgPool,
    events: u64,
}

impl Visits {
    const PATIENTS: u64 = 1_000;

    async fn fill(cluster: &str, events: u64) -> anyhow::Result<Self> {
        let (ledger, url) = daybook::fresh(cluster).await?;
        daybook_projections::prepare(&url).await?;
        let pool = database::connect(&url, DatabaseRole::Project, 4).await?;
        let visits = events / visits::EVENTS;
        let patient = |visit| Uuid::from_u128(u128::from(visit % Self::PATIENTS) + 1);
        visits::fill(&ledger, CLINIC, 0..visits, patient, Uuid::from_u128(1)).await?;
        Ok(Self { ledger, pool, events: visits * visits::EVENTS })
    }

    async fn rebuild(&self) -> anyhow::Result<f64> {
        let begin = Instant::now();
        let rebuilt = daybook_projections::rebuild(&self.pool, &self.ledger, &Selection::default(), |_| ()).await?;
        ensure!(rebuilt.events == self.events && rebuilt.stopped.is_empty(), "{rebuilt:?}");
        Ok(begin.elapsed().as_secs_f64())
    }
}

/// Every stored byte of the log, thrown away.
async fn copy(pool: &PgPool) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let mut connection = pool.acquire().await?;
    let mut bytes = connection.copy_out_raw("COPY ledger.events TO STDOUT (FORMAT binary)").await?;
    while let Some(bytes) = bytes.next().await {
        std::hint::black_box(bytes?);
    }
    drop(bytes);
    Ok(begin.elapsed().as_secs_f64())
}

/// Here an operation is one event; the whole replay's time is both percentiles.
fn row(system: &str, events: u64, Measured { mut seconds, mib }: Measured) -> Row {
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    let workload = format!("replay {events}");
    Row {
        system: system.into(),
        workload,
        callers: 1,
        ops_per_s: events as f64 / median,
        p50_ms: median * 1000.0,
        p99_ms: median * 1000.0,
        mib: mib.map(|mib| mib as f64),
    }
}

/// Appends events until the log, which has `from`, has `to` of them; whole streams of fifty.
pub async fn fill(ledger: &daybook_ledger::Ledger, from: u64, to: u64) -> anyhow::Result<()> {
    let metadata = metadata();
    stream::iter(from / STREAM..to / STREAM)
        .map(Ok::<_, anyhow::Error>)
        .try_for_each_concurrent(16, |number| {
            let metadata = &metadata;
            async move {
                let stream = Stream::new("visit", Uuid::from_u128(u128::from(number) + 1));
                let mut events = Vec::new();
                for _ in 0..STREAM {
                    events.push(daybook::draft(ledger, CLINIC, &stream, u128::from(number % 1_000), metadata).await?);
                }
                let command = CommandKey { id: System.internal(), request_hash: [0; 32] };
                let streams = vec![StreamAppend { stream, expected: Expected::New, events }];
                ledger.append(Append { clinic: CLINIC, command, streams, guards: vec![] }).await?;
                Ok(())
            }
        })
        .await
}

async fn fill_theirs(pool: &PgPool, events: u64) -> anyhow::Result<()> {
    let theirs = serde_json::json!({ "held": { "reason": "patient-request", "details": { "$clear": payload()["details"]["$clear"] } } });
    sqlx::query(
        "INSERT INTO events SELECT 'visit', lpad(to_hex(number / $2), 32, '0')::uuid::text, number % $2 + 1, 'held', '1.0', $3::json, $4::json
         FROM generate_series(0, $1 - 1) AS number",
    )
    .bind(events as i64)
    .bind(STREAM as i64)
    .bind(theirs)
    .bind(serde_json::json!(metadata()))
    .execute(pool)
    .await?;
    sqlx::query("VACUUM ANALYZE events").execute(pool).await?;
    Ok(())
}

async fn verify(pool: &PgPool, events: u64) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let report = verify::against(pool, CLINIC, &Outside::default(), |_| ()).await?;
    ensure!(report.verdict == Verdict::Valid && report.events == events, "{report:?}");
    Ok(begin.elapsed().as_secs_f64())
}

async fn replay(pool: &PgPool, events: u64) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let each = |event: &daybook_ledger::Recorded| drop(std::hint::black_box(event.decode::<visit::Event>()));
    let report = verify::replay(pool, CLINIC, &Outside::default(), each, |_| ()).await?;
    ensure!(report.verdict == Verdict::Valid && report.events == events, "{report:?}");
    Ok(begin.elapsed().as_secs_f64())
}

async fn replay_theirs(pool: &PgPool, events: u64) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let repository = PostgresEventRepository::new(pool.clone());
    let mut replayed = repository.stream_all_events::<Visit>().await?;
    let mut count = 0;
    while let Some(envelope) = replayed.next::<Visit>(&[]).await {
        std::hint::black_box(envelope.context("an event that cannot be read")?);
        count += 1;
    }
    ensure!(count == events, "postgres-es replayed {count} events");
    Ok(begin.elapsed().as_secs_f64())
}

/// Has Linux' high-water mark of this process begin anew, where that can be done.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Linux' high-water mark of this process.
pub fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}
