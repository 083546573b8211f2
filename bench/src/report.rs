//! The table a person reads and the file a program reads.

use anyhow::Context;
use serde::Serialize;

/// One line of a benchmark.
#[derive(Serialize)]
pub struct Row {
    pub system: String,
    pub workload: String,
    pub callers: usize,
    pub ops_per_s: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Memory the process holds, where that is what was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mib: Option<f64>,
}

/// Prints the rows and writes `target/bench/<name>.json`.
pub fn publish(name: &str, rows: &[Row]) -> anyhow::Result<()> {
    println!(
        "{:<16} {:<14} {:>8} {:>12} {:>10} {:>10} {:>6}",
        "system", "workload", "callers", "ops/s", "p50 ms", "p99 ms", "MiB"
    );
    for row in rows {
        let mib = row.mib.map(|mib| format!("{mib:.0}")).unwrap_or_default();
        println!(
            "{:<16} {:<14} {:>8} {:>12.0} {:>10.2} {:>10.2} {mib:>6}",
            row.system, row.workload, row.callers, row.ops_per_s, row.p50_ms, row.p99_ms
        );
    }
    let directory = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    let file = std::path::Path::new(&directory).join("bench").join(format!("{name}.json"));
    std::fs::create_dir_all(file.parent().context("the file has a directory")?)?;
    std::fs::write(&file, serde_json::to_string_pretty(rows)?)?;
    println!("\nwritten to {}", file.display());
    Ok(())
}
