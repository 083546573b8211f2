//! How far a restore into an empty database has come. Each step is recorded in the transaction that does it, so that a restore
//! that was killed at any line goes on where it was, and until its last step nobody signs anything for these logs.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgConnection;
use sqlx::{PgExecutor, Row};
use uuid::Uuid;

/// A restore of one backup into one database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoration {
    pub id: Uuid,
    /// Of the log's file, as encrypted.
    pub log_sha256: String,
}

/// What was done of it, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// All of the log's file is there.
    LogRestored,
    /// And all of the keys' file.
    KeysRestored,
    /// And each log has begun a new epoch.
    Recovered,
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Step::LogRestored => "log-restored",
            Step::KeysRestored => "keys-restored",
            Step::Recovered => "recovered",
        }
    }
}

/// The restore that began and is not finished, and whether its keys are there.
pub async fn unfinished(executor: impl PgExecutor<'_>) -> Result<Option<(Restoration, bool)>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT restoration_id, log_sha256, bool_or(step = 'keys-restored') FROM ledger.restorations
         GROUP BY restoration_id, log_sha256 HAVING NOT bool_or(step = 'recovered')",
    );
    let row = row.fetch_optional(executor).await?;
    row.map(|row| Ok((Restoration { id: row.try_get(0)?, log_sha256: row.try_get(1)? }, row.try_get(2)?))).transpose()
}

/// Records a step that is done, or will be with this transaction.
pub async fn record(
    connection: &mut PgConnection,
    restoration: &Restoration,
    step: Step,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let insert =
        sqlx::query("INSERT INTO ledger.restorations (restoration_id, step, log_sha256, at) VALUES ($1, $2, $3, $4)");
    insert.bind(restoration.id).bind(step.name()).bind(&restoration.log_sha256).bind(at).execute(connection).await?;
    Ok(())
}
