//! Going over a clinic's whole log for somebody who asks: over connections of its own and one after the other, so that neither
//! what is written nor what is read meanwhile waits for it.

use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::kept::{self, Outside};
use daybook_ledger::verify::{self, Report};
use daybook_ledger::witnessed::anybody;
use daybook_ledger::{Ledger, erased};
use daybook_projections::{Comparison, Rebuilt, Selection, compare, rebuild};
use sqlx::PgPool;
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

use crate::problem::Problem;

/// Connections to the log, taken only while there is something to do.
const CONNECTIONS: u32 = 6;

/// What it takes.
pub struct Checking {
    log: PgPool,
    keys: PgPool,
    /// Clinics whose log is being gone over.
    place: Semaphore,
}

impl Checking {
    /// Connects.
    pub async fn connect(url: &str) -> Result<Self, sqlx::Error> {
        let log = database::connect(url, DatabaseRole::Project, CONNECTIONS).await?;
        let keys = database::connect(url, DatabaseRole::Keys, 1).await?;
        Ok(Self { log, keys, place: Semaphore::new(1) })
    }

    /// A place to go over a log. Refuses while another is gone over.
    pub fn begin(&self) -> Result<Check<'_>, Problem> {
        let taken = |_| Problem::unavailable("check-under-way", "this server is going over a log already");
        Ok(Check { checking: self, _place: self.place.try_acquire().map_err(taken)? })
    }
}

/// A log may be gone over.
pub struct Check<'a> {
    checking: &'a Checking,
    _place: SemaphorePermit<'a>,
}

impl Check<'_> {
    /// Everything that can be verified of a clinic's log from inside: hashes, links, tiles, checkpoints and signatures, how it
    /// stands to heads that were kept elsewhere, and whether the key store is as the log says.
    pub async fn verify(&self, ledger: &Ledger, clinic: Uuid, outside: &Outside) -> Result<Report, Problem> {
        let Checking { log, keys, .. } = self.checking;
        let mut report = verify::against(log, clinic, outside, |_| ()).await?;
        kept::prove(&mut report, ledger).await?;
        report.witnessing = Some(report.watched.witnessing(anybody, ledger.clock().now()));
        erased::compare_keys(&mut report, log, keys, |_| ()).await?;
        Ok(report)
    }

    /// Whether the clinic's read models are what its log says.
    pub async fn compare(&self, ledger: &Ledger, selection: &Selection) -> Result<Vec<Comparison>, Problem> {
        Ok(compare(&self.checking.log, ledger, selection, |_| ()).await?)
    }

    /// Makes the clinic's read models what its log says.
    pub async fn rebuild(&self, ledger: &Ledger, selection: &Selection) -> Result<Rebuilt, Problem> {
        Ok(rebuild(&self.checking.log, ledger, selection, |_| ()).await?)
    }
}
