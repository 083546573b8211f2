//! Building read models again from the log, and checking that they are what the log says.

use std::collections::BTreeMap;

use daybook_ledger::Ledger;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::checkpoints::{self, Step};
use crate::error::Error;
use crate::projection::{Key, Stored, View};
use crate::projector::{BATCH, fold};
use crate::seen::Seen;
use crate::store;

/// A row that is not what the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub projection: &'static str,
    pub clinic: Uuid,
    pub kind: &'static str,
    pub id: Uuid,
    /// Position the row's state began at.
    pub from: u64,
    pub what: Differs,
}

/// In what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// The log says there is such a row.
    Missing,
    /// The log knows of no such row.
    Extra,
    /// The log says something else of it.
    Different,
}

/// Builds one projection, or all, again in every clinic. Readers see the old rows until a clinic's new ones stand; a clinic
/// is done in one transaction, so a crash leaves the old. `progress` is told how many events were folded so far. Answers
/// how many in the end.
pub async fn rebuild(pool: &PgPool, ledger: &Ledger, name: Option<&str>, progress: impl Fn(u64)) -> Result<u64, Error> {
    let views: Vec<View> = View::ALL.into_iter().filter(|view| name.is_none_or(|name| name == view.name())).collect();
    if views.is_empty() {
        return Err(Error::UnknownProjection(name.unwrap_or_default().to_owned()));
    }
    let mut folded = 0;
    for clinic in ledger.clinics().await? {
        for view in &views {
            folded += rebuild_one(pool, ledger, clinic, *view, |count| progress(folded + count)).await?;
        }
    }
    Ok(folded)
}

async fn rebuild_one(
    pool: &PgPool,
    ledger: &Ledger,
    clinic: Uuid,
    view: View,
    progress: impl Fn(u64),
) -> Result<u64, Error> {
    checkpoints::ensure(pool, clinic).await?;
    let mut transaction = pool.begin().await?;
    checkpoints::lock_for_rebuild(&mut transaction, clinic, view).await?;
    let before = checkpoints::of(&mut transaction, clinic, view).await?;
    store::clear(&mut transaction, clinic, view).await?;
    let (mut next, mut stopped) = (0, None);
    while stopped.is_none() {
        let events = ledger.read_log(clinic, next, BATCH).await?;
        if events.is_empty() {
            break;
        }
        let events: Vec<Seen> = events.into_iter().map(Seen::new).collect();
        let batch = fold(&mut transaction, clinic, &[view], &events).await?;
        store::write(&mut transaction, clinic, &batch.rows).await?;
        let step = batch.steps(next).remove(0);
        (next, stopped) = (step.to, step.stopped);
        progress(next);
    }
    let step = Step { view, from: before, to: next, stopped };
    if !checkpoints::advance(&mut transaction, clinic, &[step]).await? {
        return Err(sqlx::Error::RowNotFound.into());
    }
    transaction.commit().await?;
    Ok(next)
}

/// Every stored row that is not what a fold of the log up to its checkpoint says, in every clinic.
pub async fn compare(pool: &PgPool, ledger: &Ledger) -> Result<Vec<Difference>, Error> {
    let mut differences = Vec::new();
    for clinic in ledger.clinics().await? {
        for view in View::ALL {
            let mut transaction = pool.begin().await?;
            // Checkpoint and rows of one moment.
            sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                .execute(&mut *transaction)
                .await?;
            differences.extend(compare_one(&mut transaction, ledger, clinic, view).await?);
        }
    }
    Ok(differences)
}

async fn compare_one(
    connection: &mut PgConnection,
    ledger: &Ledger,
    clinic: Uuid,
    view: View,
) -> Result<Vec<Difference>, Error> {
    let next = checkpoints::of(connection, clinic, view).await?;
    let stored = store::everything(connection, clinic, view).await?;
    let mut expected = Memory::default();
    let mut at = 0;
    while at < next {
        let events = ledger.read_log(clinic, at, BATCH.min(next - at)).await?;
        let events: Vec<Seen> = events.into_iter().map(Seen::new).collect();
        at = expected.take(view, &events, at)?;
    }
    let mut differences = Vec::new();
    let mut differs = |key: Key, from, what| {
        differences.push(Difference { projection: view.name(), clinic, kind: key.kind, id: key.id, from, what });
    };
    let mut expected = expected.rows;
    for row in stored {
        match expected.remove(&(row.key, row.to)) {
            None => differs(row.key, row.from, Differs::Extra),
            Some(should) if !is_same(&should, &row) => differs(row.key, row.from, Differs::Different),
            Some(_) => {}
        }
    }
    expected.into_values().for_each(|missing| differs(missing.key, missing.from, Differs::Missing));
    Ok(differences)
}

/// The database writes JSON in its own way: what it says is compared, not how.
fn is_same(a: &Stored, b: &Stored) -> bool {
    let read = |row: &Stored| serde_json::from_str::<serde_json::Value>(&row.body).ok();
    a.from == b.from && read(a).is_some() && read(a) == read(b)
}

/// A projection's rows in memory.
#[derive(Default)]
pub(crate) struct Memory {
    pub rows: BTreeMap<(Key, Option<u64>), Stored>,
}

impl Memory {
    /// Folds events; answers the position of the next one.
    pub fn take(&mut self, view: View, events: &[Seen], at: u64) -> Result<u64, Error> {
        let open = |key: Key| self.rows.get(&(key, None)).map(|row| (key, row.from, row.body.clone()));
        let loaded = view.folder().keys(events).into_iter().filter_map(open).collect();
        let folded = view.folder().fold(loaded, events)?;
        if let Some(poison) = folded.poison {
            return Err(Error::Poison { view: view.name(), position: poison.position, problem: poison.problem });
        }
        if events.is_empty() {
            return Err(Error::Poison { view: view.name(), position: at, problem: "the log has no such event".into() });
        }
        self.rows.extend(folded.rows.into_iter().map(|row| ((row.key, row.to), row)));
        Ok(at + folded.count as u64)
    }
}
