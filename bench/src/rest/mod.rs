//! The server as its clients see it: check-ins over REST, and how soon a change of the waiting room reaches those who
//! watch it, also through another server. Servers are processes of their own, clients share the machine with them.

pub mod clinic;
mod connection;
pub mod server;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use futures::StreamExt;
use hdrhistogram::Histogram;
use tokio::sync::{Mutex, mpsc};

use self::clinic::Clinic;
use self::connection::Connection;
use self::server::Server;
use crate::measure::{Until, closed_loop};
use crate::report::Row;

const CONNECTIONS: usize = 64;
const WATCHERS: usize = 200;

/// Check-ins by 64 connections, each visit prepared beforehand, access decisions and audit metadata on.
pub async fn check_in(cluster: &str, visits: u64) -> anyhow::Result<Vec<Row>> {
    let database = server::database(cluster).await?;
    let server = Server::start(&database, "check-in").await?;
    let clinic = Arc::new(Clinic::open(&server).await?);
    let each = visits / CONNECTIONS as u64;
    let visits: Vec<String> = futures::stream::iter(0..each * CONNECTIONS as u64)
        .map(|_| clinic.visit_ready_to_check_in())
        .buffer_unordered(CONNECTIONS)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect::<anyhow::Result<_>>()?;
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(Mutex::new(Connection::open(server.address()).await?));
    }
    let (visits, connections) = (Arc::new(visits), Arc::new(connections));
    let run = closed_loop(CONNECTIONS, Until::Rounds(each), move |caller, round| {
        let (clinic, visits, connections) = (clinic.clone(), visits.clone(), connections.clone());
        async move {
            let visit = &visits[(round as usize) * CONNECTIONS + caller];
            let path = format!("/v1/visits/{visit}/check-in");
            connections[caller].lock().await.post(&path, clinic.front_desk(), "{}").await
        }
    })
    .await?;
    let row = |run: crate::measure::Run| Row {
        system: "daybook".into(),
        workload: "check-in".into(),
        callers: CONNECTIONS,
        ops_per_s: run.ops_per_s,
        p50_ms: run.p50_ms,
        p99_ms: run.p99_ms,
        mib: None,
    };
    Ok(vec![row(run)])
}

/// 200 watchers, half on each of two servers; changes go through the first. A sample is the time from the command's
/// answer to the change's arrival at one watcher; one that came before the answer counts as zero.
pub async fn live(cluster: &str, changes: u64) -> anyhow::Result<Vec<Row>> {
    let database = server::database(cluster).await?;
    let servers = [Server::start(&database, "live").await?, Server::start(&database, "live").await?];
    let clinic = Clinic::open(&servers[0]).await?;
    let visit = clinic.visit_ready_to_check_in().await?;
    let (heard, mut hears) = mpsc::unbounded_channel();
    for watcher in 0..WATCHERS {
        let mut stream = clinic.watch(&servers[watcher % 2]).await?;
        let heard = heard.clone();
        tokio::spawn(async move {
            while let Some(Ok(position)) = stream.next().await {
                if heard.send((watcher, position, Instant::now())).is_err() {
                    return;
                }
            }
        });
    }
    let mut seen = [Histogram::<u64>::new(3)?, Histogram::<u64>::new(3)?];
    let begin = Instant::now();
    for change in 0..changes {
        let act =
            ["check-in", "hold", "return-to-waiting"][if change == 0 { 0 } else { 1 + (change as usize - 1) % 2 }];
        let position = clinic.act(&visit, act).await?;
        let answered = Instant::now();
        let mut waiting: std::collections::HashSet<usize> = (0..WATCHERS).collect();
        while !waiting.is_empty() {
            let next = tokio::time::timeout(Duration::from_secs(10), hears.recv()).await;
            let (watcher, at, when) =
                next.context("a watcher did not hear of a change")?.context("no watcher is left")?;
            if at >= position && waiting.remove(&watcher) {
                seen[watcher % 2].record(when.saturating_duration_since(answered).as_micros() as u64)?;
            }
        }
    }
    let rate = changes as f64 / begin.elapsed().as_secs_f64();
    ensure!(seen.iter().all(|seen| seen.len() == changes * WATCHERS as u64 / 2), "a sample is missing");
    let row = |workload: &str, seen: &Histogram<u64>| Row {
        system: "daybook".into(),
        workload: workload.into(),
        callers: WATCHERS,
        ops_per_s: rate,
        p50_ms: seen.value_at_quantile(0.5) as f64 / 1000.0,
        p99_ms: seen.value_at_quantile(0.99) as f64 / 1000.0,
        mib: None,
    };
    Ok(vec![row("live, same server", &seen[0]), row("live, other server", &seen[1])])
}
