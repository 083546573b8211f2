//! Building read models again from the log.

use daybook_ledger::Ledger;
use futures::future::try_join_all;
use serde::Serialize;
use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::build::Build;
use crate::checkpoints::{self, Standing, Step};
use crate::error::Error;
use crate::pass::{Course, Lane, Pass};
use crate::projection::View;
use crate::store;

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

/// Builds read models again, as a next generation of rows. Meanwhile the present one is read and kept in step with the log; then
/// each view changes over in an instant, and its old rows are removed. A crash before that leaves what was there; one after it
/// leaves old rows which nobody is shown, and which the next rebuild removes. `progress` is told how many more events were
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

/// Some of a clinic's views, built again in a transaction of their own.
struct Renewal {
    transaction: Transaction<'static, Postgres>,
    courses: Vec<Course>,
}

impl Renewal {
    async fn begin(pool: &PgPool, clinic: Uuid, views: Vec<View>) -> Result<Self, Error> {
        let mut transaction = pool.begin().await?;
        let mut courses = Vec::new();
        for view in views {
            let old = checkpoints::lock_for_rebuild(&mut transaction, clinic, view).await?;
            courses.push(Course::whole(Build::live(view, old.build.generation + 1)));
        }
        Ok(Self { transaction, courses })
    }

    fn lane(&mut self) -> Lane<'_> {
        Lane::new(&mut self.transaction, &mut self.courses)
    }

    /// Takes in what was recorded meanwhile, with the projectors stopped, and changes over to the new rows.
    async fn change_over(
        mut self,
        ledger: &Ledger,
        clinic: Uuid,
        progress: impl Fn(u64),
    ) -> Result<Vec<Course>, Error> {
        let mut old = Vec::new();
        for course in &self.courses {
            old.push(checkpoints::lock_one(&mut self.transaction, clinic, course.build.view).await?);
        }
        let from = self.courses.iter().map(|course| course.next).max().unwrap_or(0);
        Pass { ledger, clinic, from }.run(&mut [self.lane()], progress).await?;
        let steps = old.into_iter().zip(&self.courses).map(|(before, course)| {
            let Course { build, next, stopped, .. } = course.clone();
            Step { before, after: Standing { build, next, stopped } }
        });
        if !checkpoints::advance(&mut self.transaction, clinic, &steps.collect::<Vec<_>>()).await? {
            return Err(sqlx::Error::RowNotFound.into());
        }
        self.transaction.commit().await?;
        Ok(self.courses)
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
    let mut lanes: Vec<Lane> = renewals.iter_mut().map(Renewal::lane).collect();
    Pass { ledger, clinic, from: 0 }.run(&mut lanes, &progress).await?;
    let mut rebuilt = Vec::new();
    for renewal in renewals {
        rebuilt.push(renewal.change_over(ledger, clinic, &progress).await?);
    }
    try_join_all(rebuilt.iter().map(|courses| sweep(pool, clinic, courses))).await?;
    let courses = rebuilt.concat();
    let events = courses.iter().map(|course| course.next).max().unwrap_or(0);
    let stopped = courses.into_iter().filter_map(|course| {
        let why = course.stopped?;
        Some(Stopped { clinic, projection: course.build.view.name(), why })
    });
    Ok(Rebuilt { events, stopped: stopped.collect() })
}

/// Removes what these took the place of.
async fn sweep(pool: &PgPool, clinic: Uuid, courses: &[Course]) -> Result<(), Error> {
    for course in courses {
        store::sweep(pool, clinic, course.build).await?;
    }
    Ok(())
}
