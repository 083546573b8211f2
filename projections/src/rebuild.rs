//! Building read models again from the log.

use daybook_ledger::Ledger;
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use crate::checkpoints::{self, Step};
use crate::error::Error;
use crate::pass::{Course, Pass};
use crate::projection::View;
use crate::store::{self, Tables};

/// Which read models are meant: one or all, in one clinic or in every one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    pub clinic: Option<Uuid>,
    pub view: Option<View>,
}

impl Selection {
    pub(crate) fn views(&self) -> Vec<View> {
        View::ALL.into_iter().filter(|view| self.view.is_none_or(|only| only == *view)).collect()
    }

    /// The clinics that have a log, or the one that is meant, if it has one.
    pub async fn clinics(&self, ledger: &Ledger) -> Result<Vec<Uuid>, Error> {
        let mut clinics = ledger.clinics().await?;
        clinics.retain(|clinic| self.clinic.is_none_or(|only| only == *clinic));
        Ok(clinics)
    }
}

/// What came of building read models again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// Events of the logs, each counted once, however many read models took it in.
    pub events: u64,
    pub stopped: Vec<Stopped>,
}

/// A read model that does not take in all of its clinic's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stopped {
    pub clinic: Uuid,
    pub projection: &'static str,
    /// At which event, and what is the matter with it, for people.
    pub why: String,
}

/// Builds read models again. Readers see the old rows until a clinic's new ones stand; a clinic is done in one
/// transaction, so a crash leaves the old. `progress` is told how many more events were folded.
pub async fn rebuild(
    pool: &PgPool,
    ledger: &Ledger,
    selection: &Selection,
    progress: impl Fn(u64),
) -> Result<Rebuilt, Error> {
    let mut rebuilt = Rebuilt::default();
    for clinic in selection.clinics(ledger).await? {
        let one = rebuild_one(pool, ledger, clinic, &selection.views(), &progress).await?;
        rebuilt.events += one.events;
        rebuilt.stopped.extend(one.stopped);
    }
    Ok(rebuilt)
}

async fn rebuild_one(
    pool: &PgPool,
    ledger: &Ledger,
    clinic: Uuid,
    views: &[View],
    progress: impl Fn(u64),
) -> Result<Rebuilt, Error> {
    checkpoints::ensure(pool, clinic).await?;
    let mut transaction = pool.begin().await?;
    let mut before = Vec::new();
    // Always in the same order, so that two rebuilds cannot wait for each other.
    for view in views {
        checkpoints::lock_for_rebuild(&mut transaction, clinic, *view).await?;
        before.push(checkpoints::of(&mut transaction, clinic, *view).await?);
        store::clear(&mut transaction, clinic, *view).await?;
    }
    let mut courses: Vec<Course> = views.iter().copied().map(Course::whole).collect();
    let pass = Pass { ledger, clinic, tables: Tables::Live };
    pass.run(&mut transaction, &mut courses, progress).await?;
    let events = courses.iter().map(|course| course.next).max().unwrap_or(0);
    let stopped = courses.iter().filter_map(|course| {
        let why = course.stopped.clone()?;
        Some(Stopped { clinic, projection: course.view.name(), why })
    });
    let rebuilt = Rebuilt { events, stopped: stopped.collect() };
    let steps = courses.into_iter().zip(before).map(|(course, from)| {
        let Course { view, next: to, stopped, .. } = course;
        Step { view, from, to, stopped }
    });
    if !checkpoints::advance(&mut transaction, clinic, &steps.collect::<Vec<_>>()).await? {
        return Err(sqlx::Error::RowNotFound.into());
    }
    transaction.commit().await?;
    Ok(rebuilt)
}
