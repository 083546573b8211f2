//! Whole-system benchmarks on a durable Postgres: `./run bench NAME` prints a table and writes `target/bench/NAME.json`.

mod ledger;
mod measure;
mod report;

use anyhow::{Context, bail};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let name = std::env::args().nth(1).context("which benchmark? ledger")?;
    let cluster = std::env::var("DAYBOOK_DATABASE_URL").context("start it with ./run bench, which brings its own Postgres")?;
    let rows = match &name[..] {
        "ledger" => ledger::run(&cluster).await?,
        _ => bail!("there is no benchmark {name}; there is: ledger"),
    };
    report::publish(&name, &rows)
}
