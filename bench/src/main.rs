//! Whole-system benchmarks on a durable Postgres: `./run bench NAME` prints a table and writes `target/bench/NAME.json`.

mod export;
mod import;
mod ledger;
mod load;
mod measure;
mod memory;
mod replay;
mod report;
mod rest;
mod visits;

use anyhow::{Context, bail};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().context("which benchmark? ledger, load, replay, rest, live, memory or import")?;
    let cluster =
        std::env::var("DAYBOOK_DATABASE_URL").context("start it with ./run bench, which brings its own Postgres")?;
    if name == "import" {
        let Some(directory) = import::directory(arguments.next().as_deref()) else {
            eprintln!("SKIPPED: no export to import; name a directory, or set SYNTHEA_DIR");
            return Ok(());
        };
        return report::publish(&name, &import::run(&cluster, &directory).await?);
    }
    let numbers: Vec<u64> =
        arguments.map(|number| number.parse().context("after the name: numbers")).collect::<Result<_, _>>()?;
    let rows = match (&name[..], &numbers[..]) {
        ("ledger", []) => ledger::run(&cluster, &[1, 8, 64, 256]).await?,
        ("ledger", callers) => ledger::run(&cluster, callers).await?,
        ("load", []) => load::run(&cluster, 5_000).await?,
        ("load", [events]) => load::run(&cluster, *events).await?,
        ("replay", []) => replay::run(&cluster, 1_000_000).await?,
        ("replay", [events]) => replay::run(&cluster, *events).await?,
        ("export", []) => export::run(&cluster, &[1_000_000, 10_000_000]).await?,
        ("export", sizes) => export::run(&cluster, sizes).await?,
        ("exporter", [events]) => return export::exporter(&cluster, *events).await,
        ("rest", []) => rest::check_in(&cluster, 6_400).await?,
        ("rest", [visits]) => rest::check_in(&cluster, *visits).await?,
        ("live", []) => rest::live(&cluster, 100).await?,
        ("live", [changes]) => rest::live(&cluster, *changes).await?,
        ("memory", []) => memory::run(&cluster, &[10_000, 1_000_000]).await?,
        ("memory", sizes) => memory::run(&cluster, sizes).await?,
        _ => bail!(
            "there are: ledger [CALLERS…], load [EVENTS], replay [EVENTS], export [EVENTS…], rest [VISITS], live [CHANGES], memory [EVENTS…], import [DIRECTORY]"
        ),
    };
    report::publish(&name, &rows)
}
