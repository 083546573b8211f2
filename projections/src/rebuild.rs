//! Building read models again from the log.

use daybook_ledger::Ledger;
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

/// Builds read models again. Readers see the old rows until a clinic's new ones stand; a clinic is done in one
/// transaction, so a crash leaves the old. `progress` is told how many more events were folded. Answers how many in the end.
pub async fn rebuild(
    pool: &PgPool,
    ledger: &Ledger,
    selection: &Selection,
    progress: impl Fn(u64),
) -> Result<u64, Error> {
    let mut folded = 0;
    for clinic in selection.clinics(ledger).await? {
        folded += rebuild_one(pool, ledger, clinic, &selection.views(), &progress).await?;
    }
    Ok(folded)
}

async fn rebuild_one(
    pool: &PgPool,
    ledger: &Ledger,
    clinic: Uuid,
    views: &[View],
    progress: impl Fn(u64),
) -> Result<u64, Error> {
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
    let folded = courses.iter().map(|course| course.next).max().unwrap_or(0);
    let steps = courses.into_iter().zip(before).map(|(course, from)| {
        let Course { view, next: to, stopped, .. } = course;
        Step { view, from, to, stopped }
    });
    if !checkpoints::advance(&mut transaction, clinic, &steps.collect::<Vec<_>>()).await? {
        return Err(sqlx::Error::RowNotFound.into());
    }
    transaction.commit().await?;
    Ok(folded)
}
