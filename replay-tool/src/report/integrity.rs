//! `daybook-replay report integrity` and `report reconciliation`.

use daybook_audit::{Table, reads, reports};
use daybook_projections::Whose;

use super::{Asked, period};
use crate::report::arguments::PeriodReport;

pub async fn history(asked: &Asked<'_>, what: &PeriodReport) -> anyhow::Result<Table> {
    let period = period(&what.period)?;
    asked.receipt(&asked.log()).await?;
    let found = asked.readings(Whose::Everybody, period).await?;
    let size = asked.ledger().head(asked.clinic).await?.map_or(0, |head| head.size);
    let kept = reads::safekeeping(asked.ledger(), asked.clinic).await?;
    Ok(reports::integrity_history(&found, &kept, period, size))
}

/// This program can reach no outside system, and says so.
pub async fn reconciliation(asked: &Asked<'_>) -> anyhow::Result<Table> {
    asked.receipt(&asked.log()).await?;
    Ok(reports::reconciliation(&[]))
}
