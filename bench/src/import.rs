//! Importing an export of another system, into a new clinic each round, and importing it again.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::ensure;
use daybook_api::{Config, Foundation};
use daybook_domain::clinic::{Command, NewClinic, Register};
use daybook_domain::{Clinic, ClinicId, Code, Request};
use daybook_import::{Export, Importer, Order, Report, Summary};
use daybook_ledger::append::CommandKey;
use daybook_ledger::clock::System;
use daybook_ledger::cqrs::{self, ExecuteError, Execution};
use daybook_ledger::{Clock, Ids, Intent, Loaded, database};
use uuid::Uuid;

use crate::report::Row;

const ROUNDS: usize = 3;

/// The directory named, or the one of the environment, or the one beside the workspace; none where there is none.
pub fn directory(named: Option<&str>) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/synthea");
    let directory = named.map(PathBuf::from).or_else(|| std::env::var_os("SYNTHEA_DIR").map(PathBuf::from));
    directory.or_else(|| Some(beside()).filter(|directory| directory.is_dir()))
}

/// Imports the directory in rounds.
pub async fn run(cluster: &str, directory: &Path) -> anyhow::Result<Vec<Row>> {
    let database = private_postgres::test::fresh_database_in(cluster, "bench_import", async |url: &str| {
        Ok(database::migrate(url).await?)
    });
    let config = Config { migrate: false, ..Config::development(database.await?.url) };
    let foundation = Foundation::lay(&config).await?;
    let (mut first, mut again, mut resources) = (Vec::new(), Vec::new(), 0);
    for round in 1..=ROUNDS {
        let clinic = open_clinic(&foundation).await?;
        let (summary, seconds) = import(&foundation, clinic, directory).await?;
        resources = summary.total().read;
        ensure!(summary.total().already_there == 0, "a new clinic has no history");
        first.push(seconds);
        let (summary, seconds) = import(&foundation, clinic, directory).await?;
        ensure!(summary.total().imported == 0, "importing twice adds nothing");
        again.push(seconds);
        eprintln!("round {round}: {:.2} s, and {:.2} s when all of it was there", first[round - 1], seconds);
    }
    eprintln!("memory of this process at most: {} MiB", crate::replay::peak_mib().unwrap_or(0));
    Ok(vec![row("import", resources, first), row("import again", resources, again)])
}

async fn import(foundation: &Foundation, clinic: Uuid, directory: &Path) -> anyhow::Result<(Summary, f64)> {
    let began = Instant::now();
    let code = |text: &str| Code::try_from(text);
    let (source, operator, reason) = (code("bench")?, code("bench")?, code("benchmark")?);
    let order = Order { clinic: ClinicId(clinic), source, operator, reason };
    let importer = Importer::new(foundation.ledger.clone(), &foundation.access, order).await?;
    let export = Export::find(directory)?;
    let summary = importer.run(export, &mut Report::none(), |_, _| ControlFlow::Continue(())).await?;
    Ok((summary, began.elapsed().as_secs_f64()))
}

async fn open_clinic(foundation: &Foundation) -> anyhow::Result<Uuid> {
    let clinic = System.public();
    let register =
        Register { name: "Bench".try_into()?, time_zone: "UTC".try_into()?, grace_minutes: 15, simulated: true };
    let actor = daybook_access::Principal::system("bench", ClinicId(clinic)).actor();
    let open = || async {
        let command = Command::Register(register.clone(), NewClinic { clinic_id: ClinicId(clinic) });
        let request = Request { at: System.now(), actor: actor.clone(), command };
        Ok::<_, ExecuteError>(Intent::new(Loaded::<Clinic>::fresh(clinic), request, crate::ledger::metadata()))
    };
    let key = CommandKey { id: System.internal(), request_hash: [0; 32] };
    cqrs::execute(&foundation.ledger, Execution { clinic, key, expected: None }, open).await?;
    Ok(clinic)
}

/// Here an operation is one resource; the whole import's time is both percentiles.
fn row(workload: &str, resources: u64, mut seconds: Vec<f64>) -> Row {
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    Row {
        system: "daybook".into(),
        workload: workload.into(),
        callers: 1,
        ops_per_s: resources as f64 / median,
        p50_ms: median * 1000.0,
        p99_ms: median * 1000.0,
        mib: None,
    }
}
