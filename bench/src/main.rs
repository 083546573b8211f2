//! Whole-system benchmarks on a durable Postgres: `./run bench NAME` prints a table and writes `target/bench/NAME.json`.

mod ledger;
mod measure;
mod report;

use anyhow::{Context, bail};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().context("which benchmark? ledger")?;
    let callers: Vec<usize> =
        arguments.map(|count| count.parse().context("after the name: numbers of callers")).collect::<Result<_, _>>()?;
    let cluster =
        std::env::var("DAYBOOK_DATABASE_URL").context("start it with ./run bench, which brings its own Postgres")?;
    let rows = match &name[..] {
        "ledger" if callers.is_empty() => ledger::run(&cluster, &[1, 8, 64, 256]).await?,
        "ledger" => ledger::run(&cluster, &callers).await?,
        _ => bail!("there is no benchmark {name}; there is: ledger"),
    };
    report::publish(&name, &rows)
}
