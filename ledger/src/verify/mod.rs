//! Verifying a clinic's whole log: every hash, link, leaf, tile, head, signature and time. Reading and hashing run on all
//! cores; following the chain and growing the tree is one pass in order.

mod checkpoints;
mod clinics;
mod ends;
mod epochs;
mod kept;
mod keys;
mod moved;
mod pages;
mod pass;
mod report;
mod tail;
mod tiles;
mod walk;

use sqlx::PgPool;
use uuid::Uuid;

pub use self::clinics::clinics;
pub use self::report::{Check, Finding, Recovered, Report, Verdict};

use self::checkpoints::Checkpoints;
use self::ends::Ends;
use self::keys::Keys;
use self::pass::Pass;
use self::walk::Walk;
use crate::cosignatures;
use crate::epochs::Epoch;
use crate::event::Recorded;
use crate::kept::{Comparison, Outside};
use crate::witnessed;

/// Verifies one clinic's log. `progress` is told how many more events were done.
pub async fn clinic(pool: &PgPool, clinic: Uuid, progress: impl Fn(u64)) -> Result<Report, sqlx::Error> {
    replay(pool, clinic, &Outside::default(), |_| (), progress).await
}

/// Verifies one clinic's log against what somebody outside knows of it.
pub async fn against(
    pool: &PgPool,
    clinic: Uuid,
    outside: &Outside,
    progress: impl Fn(u64),
) -> Result<Report, sqlx::Error> {
    replay(pool, clinic, outside, |_| (), progress).await
}

/// Verifies one clinic's log and shows each event to `each`, on all cores and in no particular order, once its own bytes
/// were checked. What it shows is trustworthy only if the report says valid.
pub async fn replay<T: Send + 'static>(
    pool: &PgPool,
    clinic: Uuid,
    outside: &Outside,
    each: impl Fn(&Recorded) -> T + Clone + Send + Sync + 'static,
    progress: impl Fn(u64),
) -> Result<Report, sqlx::Error> {
    // Before it is looked how far the log reaches: what a witness has seen by now is there by then.
    let witnessed = witnessed::Comparison::with(cosignatures::all(pool, clinic).await?);
    let (ends, epochs) = at_one_moment(pool, clinic).await?;
    let begins: Vec<_> = epochs.iter().map(|epoch| (epoch.number, epoch.from)).collect();
    let keys = Keys { epochs: epochs.clone(), believed: outside.keys.clone() };
    let mut walk = Walk {
        pool,
        pass: Pass::of(clinic),
        checkpoints: Checkpoints::open(pool, clinic, ends.checkpoints, keys),
        kept: Comparison::with(&outside.kept, &begins),
        witnessed,
    };
    walk.through(ends.events, each, progress).await?;
    walk.finish(&ends, &epochs).await
}

/// How far the log reaches, and who may have signed what of it. Of one moment: a log that begins meanwhile, or an epoch, is in
/// both or in neither.
async fn at_one_moment(pool: &PgPool, clinic: Uuid) -> Result<(Ends, Vec<Epoch>), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    let ends = Ends::of(&mut *transaction, clinic).await?;
    let epochs = crate::epochs::of(&mut *transaction, clinic).await?;
    transaction.commit().await?;
    Ok((ends, epochs))
}
