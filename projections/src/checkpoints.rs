//! How far each projection has come in each clinic. A checkpoint counts events: it is the position of the next one.

use sqlx::{PgConnection, PgExecutor, PgPool, Row};
use uuid::Uuid;

use crate::projection::View;

/// Where one projection stands in one clinic's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub view: View,
    /// Position of the next event, which is the number of events folded.
    pub next: u64,
    /// Why it goes no further.
    pub stopped: Option<String>,
}

/// One step forward.
pub(crate) struct Step {
    pub view: View,
    pub from: u64,
    pub to: u64,
    pub stopped: Option<String>,
}

/// Every view's standing; one without a row stands at the beginning.
pub(crate) async fn all(executor: impl PgExecutor<'_>, clinic: Uuid) -> Result<Vec<Standing>, sqlx::Error> {
    let rows = sqlx::query("SELECT projection, next, stopped FROM projections.checkpoints WHERE clinic_id = $1")
        .bind(clinic)
        .fetch_all(executor)
        .await?;
    View::ALL
        .into_iter()
        .map(|view| {
            let schema = view.schema();
            let row = rows.iter().find(|row| row.try_get::<&str, _>(0).is_ok_and(|name| name == schema));
            let Some(row) = row else { return Ok(Standing { view, next: 0, stopped: None }) };
            Ok(Standing { view, next: row.try_get::<i64, _>(1)? as u64, stopped: row.try_get(2)? })
        })
        .collect()
}

/// Makes the rows that `lock` and `advance` need.
pub(crate) async fn ensure(pool: &PgPool, clinic: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO projections.checkpoints (clinic_id, projection, next) SELECT $1, name, 0 FROM UNNEST($2::text[]) AS name
         ON CONFLICT DO NOTHING",
    )
    .bind(clinic)
    .bind(View::ALL.map(View::schema).to_vec())
    .execute(pool)
    .await?;
    Ok(())
}

/// Opens a batch: of these views, those nobody else works on, and where they stand. The lock saves double work and is
/// given back with the transaction; it is `advance` that makes it right. A commit lost in a crash is folded again, so
/// none is waited for.
pub(crate) async fn lock(
    connection: &mut PgConnection,
    clinic: Uuid,
    views: &[View],
) -> Result<Vec<(View, u64)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT projection, next, pg_try_advisory_xact_lock(hashtextextended('daybook ' || projection || clinic_id, 0)),
                set_config('synchronous_commit', 'off', true)
         FROM projections.checkpoints WHERE clinic_id = $1 AND projection = ANY($2)",
    )
    .bind(clinic)
    .bind(views.iter().map(|view| view.schema()).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    let mut locked = Vec::new();
    for row in rows {
        let name: &str = row.try_get(0)?;
        if let Some(view) = views.iter().find(|view| view.schema() == name)
            && row.try_get(2)?
        {
            locked.push((*view, row.try_get::<i64, _>(1)? as u64));
        }
    }
    Ok(locked)
}

/// As `lock`, for one view, and waits for whoever works on it.
pub(crate) async fn lock_for_rebuild(
    connection: &mut PgConnection,
    clinic: Uuid,
    view: View,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('daybook ' || $1::text || $2::uuid, 0))")
        .bind(view.schema())
        .bind(clinic)
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves checkpoints. `false`: one of them was moved by somebody else meanwhile, and this transaction must not commit.
pub(crate) async fn advance(connection: &mut PgConnection, clinic: Uuid, steps: &[Step]) -> Result<bool, sqlx::Error> {
    let moved = sqlx::query(
        "UPDATE projections.checkpoints c SET next = step.after, stopped = step.stopped
         FROM UNNEST($2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS step (projection, before, after, stopped)
         WHERE c.clinic_id = $1 AND c.projection = step.projection AND c.next = step.before",
    )
    .bind(clinic)
    .bind(steps.iter().map(|step| step.view.schema()).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.from as i64).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.to as i64).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.stopped.as_deref()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(moved.rows_affected() == steps.len() as u64)
}

/// Where one view stands.
pub(crate) async fn of(connection: &mut PgConnection, clinic: Uuid, view: View) -> Result<u64, sqlx::Error> {
    let next: Option<i64> =
        sqlx::query_scalar("SELECT next FROM projections.checkpoints WHERE clinic_id = $1 AND projection = $2")
            .bind(clinic)
            .bind(view.schema())
            .fetch_optional(connection)
            .await?;
    Ok(next.unwrap_or(0) as u64)
}
