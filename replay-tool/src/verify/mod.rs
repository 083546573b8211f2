//! `daybook-replay verify`: every clinic's whole log, as many clinics at once as there are cores.

mod against;
pub mod arguments;
pub mod keys;
pub mod unwitnessed;
pub mod words;

use std::collections::HashMap;

use anyhow::bail;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::kept::{self, Outside};
use daybook_ledger::verify::{self, Report, Verdict};
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use self::arguments::Verify;
use crate::exit::Exit;
use crate::print;
use crate::progress::Progress;
use crate::reader::Reader;
use crate::trust;

/// Connections taken from a database that serves others too, at most.
const CONNECTIONS: usize = 24;

pub async fn run(arguments: Verify) -> anyhow::Result<Exit> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let reader = Reader::connect(&arguments.database.database_url, (cores * 2 + 2).min(CONNECTIONS) as u32).await?;
    let clinics = match arguments.clinic {
        Some(clinic) => vec![clinic],
        None => daybook_ledger::verify::clinics(&reader.pool).await?,
    };
    let policy = arguments.policy.as_deref().map(trust::policy).transpose()?;
    let outside = against::read(&arguments, policy.as_ref(), &reader, &clinics).await?;
    let mut reports = reports(&reader, &clinics, outside, cores).await?;
    for report in &mut reports {
        kept::prove(report, &reader.ledger).await?;
        report.witnessing = Some(unwitnessed::witnessing(report, policy.as_ref()));
    }
    // Who may only read the log is told that the keys were not looked at.
    if reader.may_see_keys().await? {
        let store = database::connect(&arguments.database.database_url, DatabaseRole::Keys, 1).await?;
        keys::compare(&mut reports, &reader.pool, &store).await?;
    }
    if let Some(clinic) = arguments.clinic
        && is_blank(&reports)
        && !reader.knows(clinic).await?
    {
        bail!("there is no clinic {clinic} in this database");
    }
    if arguments.json {
        print::json(&reports)?
    } else {
        print::out(&words::reports(&reports))?
    }
    Ok(exit(&reports))
}

/// One report a clinic, in the order of the clinics.
async fn reports(
    reader: &Reader,
    clinics: &[Uuid],
    mut outside: HashMap<Uuid, Outside>,
    cores: usize,
) -> anyhow::Result<Vec<Report>> {
    let mut events = 0;
    for clinic in clinics {
        events += reader.ledger.head(*clinic).await?.map_or(0, |head| head.size);
    }
    let progress = Progress::events(events);
    let verifications = stream::iter(clinics.iter().map(|clinic| {
        let (pool, clinic, progress) = (reader.pool.clone(), *clinic, progress.clone());
        let outside = outside.remove(&clinic).unwrap_or_default();
        tokio::spawn(async move { verify::against(&pool, clinic, &outside, |events| progress.add(events)).await })
    }));
    let reports = verifications.buffered(cores).map(|report| anyhow::Ok(report??)).try_collect().await;
    progress.finish();
    reports
}

/// A clinic whose row in the list of logs was removed still has a log to verify: only one without anything is unknown.
fn is_blank(reports: &[Report]) -> bool {
    reports.iter().all(|report| (report.events, report.checkpoints, report.finding_count) == (0, 0, 0))
}

/// One clinic that is invalid makes the whole invalid; nothing to verify is never called valid.
fn exit(reports: &[Report]) -> Exit {
    let any = |verdict| reports.iter().any(|report| report.verdict == verdict);
    if any(Verdict::Invalid) {
        Exit::Invalid
    } else if reports.is_empty() || any(Verdict::Incomplete) {
        Exit::Incomplete
    } else {
        Exit::Valid
    }
}
