//! Building read models again from the log.

use daybook_ledger::Ledger;
use futures::future::try_join_all;
use serde::Serialize;
use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::checkpoints::{self, Step};
use crate::error::Error;
use crate::pass::{Course, Lane, Pass};
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

/// Builds read models again. Readers see the old rows of a view until all of its new ones stand, and so does everybody after a
/// crash: each view is what the log says up to its checkpoint, before or after. `progress` is told how many more events were
/// folded. Takes three connections of the pool.
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

/// Views dealt out so that there is about as much to store of each part: of charts alone there is as much as of everything about
/// the day.
fn lanes(views: &[View]) -> Vec<Vec<View>> {
    let of_the_record = [View::Chart, View::Timeline, View::History, View::Accesses, View::Glass, View::AccessReviews];
    let (record, day) = views.iter().partition(|view| of_the_record.contains(view));
    [record, day].into_iter().filter(|views: &Vec<View>| !views.is_empty()).collect()
}

/// Some of a clinic's views, under way in a transaction of their own.
struct Renewal {
    transaction: Transaction<'static, Postgres>,
    views: Vec<View>,
    /// Where each stood.
    before: Vec<u64>,
}

impl Renewal {
    async fn begin(pool: &PgPool, clinic: Uuid, views: Vec<View>) -> Result<Self, Error> {
        let mut transaction = pool.begin().await?;
        let mut before = Vec::new();
        for view in &views {
            checkpoints::lock_for_rebuild(&mut transaction, clinic, *view).await?;
            before.push(checkpoints::of(&mut transaction, clinic, *view).await?);
        }
        Ok(Self { transaction, views, before })
    }

    async fn clear(&mut self, clinic: Uuid) -> Result<(), Error> {
        for view in &self.views {
            store::clear(&mut self.transaction, clinic, *view).await?;
        }
        Ok(())
    }

    fn lane(&mut self) -> Lane<'_> {
        Lane::new(&mut self.transaction, self.views.iter().copied().map(Course::whole).collect())
    }

    /// From here on readers see the new rows.
    async fn commit(mut self, clinic: Uuid, courses: &[Course]) -> Result<(), Error> {
        let steps = courses.iter().zip(self.before).map(|(course, from)| {
            let Course { view, next: to, stopped, .. } = course;
            Step { view: *view, from, to: *to, stopped: stopped.clone() }
        });
        if !checkpoints::advance(&mut self.transaction, clinic, &steps.collect::<Vec<_>>()).await? {
            return Err(sqlx::Error::RowNotFound.into());
        }
        Ok(self.transaction.commit().await?)
    }
}

async fn rebuild_one(
    pool: &PgPool,
    ledger: &Ledger,
    clinic: Uuid,
    views: &[View],
    progress: impl Fn(u64),
) -> Result<Rebuilt, Error> {
    checkpoints::ensure(pool, clinic).await?;
    let mut renewals = Vec::new();
    // One after the other and always in the same order, so that two rebuilds cannot wait for each other.
    for views in lanes(views) {
        renewals.push(Renewal::begin(pool, clinic, views).await?);
    }
    try_join_all(renewals.iter_mut().map(|renewal| renewal.clear(clinic))).await?;
    let mut lanes: Vec<Lane> = renewals.iter_mut().map(Renewal::lane).collect();
    Pass { ledger, clinic, tables: Tables::Live }.run(&mut lanes, progress).await?;
    let courses: Vec<Vec<Course>> = lanes.into_iter().map(Lane::into_courses).collect();
    for (renewal, courses) in renewals.into_iter().zip(&courses) {
        renewal.commit(clinic, courses).await?;
    }
    let courses = courses.concat();
    let events = courses.iter().map(|course| course.next).max().unwrap_or(0);
    let stopped = courses.into_iter().filter_map(|course| {
        let why = course.stopped?;
        Some(Stopped { clinic, projection: course.view.name(), why })
    });
    Ok(Rebuilt { events, stopped: stopped.collect() })
}
