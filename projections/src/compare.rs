//! Whether the read models are what the log says: the log is folded once more, into tables beside the live ones, and the
//! database names the rows that differ. Memory stays flat, and readers and projectors go on meanwhile.

use daybook_ledger::Ledger;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::build::Build;
use crate::checkpoints;
use crate::error::Error;
use crate::pass::{Course, Lane, Pass};
use crate::projection::View;
use crate::rebuild::Selection;
use crate::store;

/// Differences that are told in full, of one view in one clinic. All of them are counted.
const TOLD: u64 = 1_000;

/// One read model of one clinic, held against the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub clinic: Uuid,
    pub projection: &'static str,
    /// Events it had taken in.
    pub events: u64,
    /// Rows it has, past states among them.
    pub rows: u64,
    /// Why it goes no further in the log, if it does not.
    pub stopped: Option<String>,
    pub difference_count: u64,
    /// The first thousand.
    pub differences: Vec<Difference>,
}

/// A row that is not what the log says. Rows hold no PHI.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The row as it is; none: it is missing.
    pub live: Option<Value>,
    /// The row the log says there is; none: the log knows of no such row.
    pub log: Option<Value>,
}

/// Holds every row against a fold of the log up to the row's own checkpoint. `progress` is told how many more events were
/// folded.
pub async fn compare(
    pool: &PgPool,
    ledger: &Ledger,
    selection: &Selection,
    progress: impl Fn(u64),
) -> Result<Vec<Comparison>, Error> {
    let mut comparisons = Vec::new();
    for clinic in selection.clinics(ledger).await? {
        comparisons.extend(compare_one(pool, ledger, clinic, &selection.views(), &progress).await?);
    }
    Ok(comparisons)
}

async fn compare_one(
    pool: &PgPool,
    ledger: &Ledger,
    clinic: Uuid,
    views: &[View],
    progress: impl Fn(u64),
) -> Result<Vec<Comparison>, Error> {
    let mut transaction = pool.begin().await?;
    // Checkpoints and rows of one moment.
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *transaction).await?;
    let standing = checkpoints::all(&mut *transaction, clinic).await?;
    let standing: Vec<_> = standing.into_iter().filter(|standing| views.contains(&standing.view())).collect();
    store::set_up_beside(&mut transaction, views).await?;
    let mut courses: Vec<_> =
        standing.iter().map(|standing| Course::up_to(Build::beside(standing.view()), standing.next)).collect();
    let pass = Pass { ledger, clinic, from: 0 };
    // One lane: the tables beside are of this connection alone.
    pass.run(&mut [Lane::new(&mut transaction, &mut courses)], progress).await?;
    if let Some(short) = courses.iter().find(|course| course.next < course.until) {
        let problem = short.stopped.clone().unwrap_or_else(|| "the log has no such event".into());
        return Err(Error::Poison { view: short.build.view.name(), position: short.next, problem });
    }
    let mut comparisons = Vec::new();
    for standing in standing {
        let found = store::differences(&mut transaction, clinic, standing.view(), TOLD).await?;
        let (rows, difference_count, pairs) = found;
        comparisons.push(Comparison {
            clinic,
            projection: standing.view().name(),
            events: standing.next,
            rows,
            stopped: standing.stopped,
            difference_count,
            differences: pairs.into_iter().map(|(live, log)| Difference { live, log }).collect(),
        });
    }
    // Nothing of it stays.
    transaction.rollback().await?;
    Ok(comparisons)
}
