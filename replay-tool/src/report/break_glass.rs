//! `daybook-replay report break-glass`: every time somebody broke the glass, and what the review found.

use daybook_audit::{Table, reads, reports};

use super::{Asked, period};
use crate::progress::Progress;
use crate::report::arguments::PeriodReport;

pub async fn report(asked: &Asked<'_>, what: &PeriodReport) -> anyhow::Result<Table> {
    let period = period(&what.period)?;
    asked.receipt(&asked.log()).await?;
    let progress = Progress::events(0);
    let found = reads::glasses(asked.ledger(), asked.clinic, period, |done, of| progress.reach(done, of)).await;
    progress.finish();
    let (found, readings) = found?;
    let looks = found.glasses.iter().map(|glass| {
        let through = readings.iter().filter(|reading| reports::is_through(glass, reading)).count();
        (glass.glass_id, through as u64)
    });
    Ok(reports::broken_glasses(&found, &looks.collect()))
}
