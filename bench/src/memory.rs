//! Memory of a server whose clinic's log grows from ten thousand events to a million under it: it folds all of them into
//! its read models, and answers the same requests at both sizes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use daybook_ledger::Ledger;
use serde_json::Value;
use uuid::Uuid;

use crate::ledger::daybook;
use crate::measure::{Until, closed_loop};
use crate::report::Row;
use crate::rest::clinic::Clinic;
use crate::rest::server::{self, Server};
use crate::visits;

/// Visits set up over REST before each look, four requests each.
const REQUESTED: u64 = 500;
const CALLERS: usize = 16;

/// Grows the log to each of these sizes in turn and looks at the server then.
pub async fn run(cluster: &str, sizes: &[u64]) -> anyhow::Result<Vec<Row>> {
    let database = server::database(cluster).await?;
    let server = Server::start(&database, "memory").await?;
    let clinic = Arc::new(Clinic::open(&server).await?);
    let ledger = daybook::over(&database, "memory.bench.localhost").await?;
    let id = |value: &Value| anyhow::Ok(value.as_str().context("an id")?.parse::<Uuid>()?);
    let (patient, provider) = (id(clinic.patient())?, id(clinic.provider())?);
    let (mut rows, mut written) = (Vec::new(), 0);
    for size in sizes {
        let wanted = size / visits::EVENTS;
        visits::fill(&ledger, Clinic::ID, written..wanted, |_| patient, provider).await?;
        written = wanted;
        folded(&ledger, &clinic).await?;
        let requesting = clinic.clone();
        let run = closed_loop(CALLERS, Until::Rounds(REQUESTED / CALLERS as u64), move |_, _| {
            let clinic = requesting.clone();
            async move { clinic.visit_ready_to_check_in().await.map(drop) }
        })
        .await?;
        let mib = server.resident_mib()?;
        eprintln!("{size} events: {mib:.0} MiB");
        rows.push(Row {
            system: "daybook".into(),
            workload: format!("{size} events"),
            callers: CALLERS,
            ops_per_s: run.ops_per_s,
            p50_ms: run.p50_ms,
            p99_ms: run.p99_ms,
            mib: Some(mib),
        });
    }
    Ok(rows)
}

/// Waits until the server's read models know all of the log.
async fn folded(ledger: &Ledger, clinic: &Clinic) -> anyhow::Result<()> {
    let newest = ledger.head(Clinic::ID).await?.context("a log")?.size - 1;
    let begin = Instant::now();
    while !clinic.knows(newest).await? {
        anyhow::ensure!(begin.elapsed() < Duration::from_secs(900), "the read models do not catch up");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
