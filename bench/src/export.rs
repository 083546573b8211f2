//! A clinic's whole log exported as a bundle by a process of its own, while the log grows: how long it takes, and what that
//! process holds at most, which is not to grow with the log.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use daybook_audit::bundle::Scope;
use daybook_audit::export::{self, NewTar};
use daybook_ledger::clock::System;
use daybook_ledger::{Clock, Ledger};
use uuid::Uuid;

use crate::ledger::daybook;
use crate::replay::{self, CLINIC, peak_mib};
use crate::report::Row;

/// Grows the log to each of these sizes in turn and has it exported then.
pub async fn run(cluster: &str, sizes: &[u64]) -> anyhow::Result<Vec<Row>> {
    let (ledger, url) = daybook::fresh(cluster).await?;
    let (mut rows, mut written) = (Vec::new(), 0);
    for size in sizes {
        replay::fill(&ledger, written, *size).await?;
        written = *size;
        let mut exporter = Command::new(std::env::current_exe()?);
        exporter.args(["exporter", &size.to_string()]).env("DAYBOOK_DATABASE_URL", &url);
        let ended = tokio::task::spawn_blocking(move || exporter.output()).await??;
        ensure!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        let (seconds, mib): (f64, u64) = serde_json::from_slice(&ended.stdout).context("what the exporter said")?;
        eprintln!("{size} events: {seconds:.2} s, {mib} MiB");
        rows.push(Row {
            system: "export".into(),
            workload: format!("{size} events"),
            callers: 1,
            ops_per_s: *size as f64 / seconds,
            p50_ms: seconds * 1000.0,
            p99_ms: seconds * 1000.0,
            mib: Some(mib as f64),
        });
    }
    Ok(rows)
}

/// The process that exports: says how many seconds it took and how many MiB it held at most.
pub async fn exporter(database: &str, events: u64) -> anyhow::Result<()> {
    let ledger = daybook::over(database, daybook::ORIGIN).await?;
    let seconds = whole(&ledger, CLINIC, events).await?;
    println!("{}", serde_json::to_string(&(seconds, peak_mib().context("Linux")?))?);
    Ok(())
}

/// The whole clinic as a bundle, thrown away; the seconds it took.
pub async fn whole(ledger: &Ledger, clinic: Uuid, events: u64) -> anyhow::Result<f64> {
    let begin = Instant::now();
    let (mut nowhere, all) = (NewTar(std::io::sink()), (Scope::Clinic {}, true));
    let exported = export::export(ledger, clinic, all, &mut nowhere, System.now(), |_, _| ()).await?;
    ensure!(exported.events == events, "{exported:?}");
    Ok(begin.elapsed().as_secs_f64())
}
