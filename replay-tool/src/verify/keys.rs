//! Logs that were verified beside the key store, under one bar for all of them.

use daybook_ledger::erased;
use daybook_ledger::verify::Report;
use sqlx::PgPool;
use uuid::Uuid;

use crate::progress::Progress;

/// Whether the key store (a pool in the role `daybook_keys`) has every key that it should and none that was destroyed: what
/// differs is added to the reports.
pub async fn compare(reports: &mut [Report], log: &PgPool, store: &PgPool) -> Result<(), sqlx::Error> {
    let clinics: Vec<Uuid> = reports.iter().map(|report| report.clinic).collect();
    let progress = Progress::keys(erased::count_keys(store, &clinics).await?).doing("comparing the keys");
    for report in reports {
        erased::compare_keys(report, log, store, |keys| progress.add(keys)).await?;
    }
    progress.finish();
    Ok(())
}
