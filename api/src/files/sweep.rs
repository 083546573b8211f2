//! Sweeping up what crashes left: objects that no event names, and beginnings that nobody finished. Only what is older than
//! a day, and of objects only those of a visit that is in the log: another database's files are never touched.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use daybook_domain::Visit;
use daybook_integrations::storage::{Kept, Spool, StorageError};
use daybook_ledger::aggregate::{self, LoadError};
use daybook_ledger::{Ledger, Loaded};

use super::Files;

/// How long something may be under way.
pub const AGE: TimeDelta = TimeDelta::days(1);
/// How often it is swept.
pub const EVERY: Duration = Duration::from_secs(60 * 60);
/// Objects looked at together.
const PAGE: usize = 500;

/// Why it stopped; the next time it begins again.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LoadError),
}

/// Sweeps once. Gives how many objects and beginnings were removed. Several servers may do it at the same time.
pub async fn sweep(files: &Files, ledger: &Ledger, now: DateTime<Utc>) -> Result<usize, SweepError> {
    let before = now - AGE;
    let (mut removed, mut after) = (Spool::sweep(&files.spool, before).await?, None);
    loop {
        let page = files.storage.list(after, PAGE).await?;
        for kept in page.iter().filter(|kept| kept.since < before) {
            if is_orphan(ledger, kept).await? {
                files.storage.delete(kept.name).await?;
                removed += 1;
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.name),
            _ => return Ok(removed),
        }
    }
}

async fn is_orphan(ledger: &Ledger, kept: &Kept) -> Result<bool, LoadError> {
    let visit: Loaded<Visit> = aggregate::load(ledger, kept.name.clinic.0, kept.name.visit.0).await?;
    Ok(visit.exists() && visit.files().get(kept.name.file).is_none())
}
