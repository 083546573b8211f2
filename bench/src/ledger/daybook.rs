//! Daybook's append: sealing, hashes, chain, tree, tiles, signature and command row on.

use std::sync::Arc;

use daybook_domain::{Class, PatientId, Subject};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{KeyRing, LocalKeys};
use daybook_ledger::{Draft, Ids, Ledger, Metadata, Options, Stream, Unsealed};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{measured, metadata, payload};
use crate::measure::Run;

/// The name under which the benchmarks' logs are signed.
pub const ORIGIN: &str = "bench";

/// A ledger on a database of its own.
pub async fn fresh(cluster: &str) -> anyhow::Result<(Ledger, String)> {
    let database = private_postgres::test::fresh_database_in(cluster, "bench_ledger", async |url: &str| {
        Ok(database::migrate(url).await?)
    })
    .await?;
    Ok((over(&database.url, ORIGIN).await?, database.url))
}

/// A ledger on a database that is there, with the benchmarks' root secret.
pub async fn over(url: &str, origin: &str) -> anyhow::Result<Ledger> {
    let provider = Arc::new(LocalKeys::new([7; 32]));
    let keys = database::connect(url, DatabaseRole::Keys, 2).await?;
    let ring = KeyRing::new(keys, provider.clone(), Arc::new(System), Arc::new(System));
    let pool = database::connect(url, DatabaseRole::Append, 8).await?;
    let options = Options { origin: origin.into(), ..Options::default() };
    Ok(Ledger::start(pool, provider, ring.sealer, Arc::new(System), Arc::new(System), &options))
}

/// One sealed event of the benchmark.
pub async fn draft(
    ledger: &Ledger,
    clinic: Uuid,
    stream: &Stream,
    patient: u128,
    metadata: &Metadata,
) -> anyhow::Result<Draft> {
    let event = Unsealed { event_id: System.internal(), event_type: "held", event_version: "1.0", payload: payload() };
    let subject = Subject { patient: PatientId(Uuid::from_u128(patient)), class: Class::General };
    Ok(Draft::seal(event, clinic, stream, Some(subject), metadata, ledger.sealer()).await?)
}

/// Appends by `callers`, spread over `clinics`.
pub async fn appends(cluster: &str, callers: usize, clinics: usize) -> anyhow::Result<Run> {
    let (ledger, _) = fresh(cluster).await?;
    appends_to(ledger, callers, clinics).await
}

/// The same with a trigger that looks up every event's predecessor when it is inserted and compares the link.
pub async fn appends_with_link_check(cluster: &str, callers: usize) -> anyhow::Result<Run> {
    let (ledger, url) = fresh(cluster).await?;
    let owner = sqlx::PgPool::connect(&url).await?;
    sqlx::raw_sql(include_str!("link_check.sql")).execute(&owner).await?;
    owner.close().await;
    appends_to(ledger, callers, 1).await
}

async fn appends_to(ledger: Ledger, callers: usize, clinics: usize) -> anyhow::Result<Run> {
    let heads: Arc<Vec<Mutex<Expected>>> = Arc::new((0..callers).map(|_| Mutex::new(Expected::New)).collect());
    let metadata = Arc::new(metadata());
    measured(callers, move |caller, round| {
        let (ledger, heads, metadata) = (ledger.clone(), heads.clone(), metadata.clone());
        async move {
            let (stream, sequence) = super::place(caller, round);
            let stream = Stream::new("visit", Uuid::from_u128(stream));
            let clinic = Uuid::from_u128((caller % clinics) as u128);
            let mut head = heads[caller].lock().await;
            if sequence == 1 {
                *head = Expected::New;
            }
            let draft = draft(&ledger, clinic, &stream, caller as u128, &metadata).await?;
            let streams = vec![StreamAppend { stream, expected: *head, events: vec![draft] }];
            let command = CommandKey { id: System.internal(), request_hash: [0; 32] };
            let appended = ledger.append(Append { clinic, command, streams, guards: vec![] }).await?;
            let placed = appended.events.last();
            *head =
                placed.map_or(Expected::New, |placed| Expected::After { sequence: placed.sequence, hash: placed.hash });
            Ok(())
        }
    })
    .await
}
