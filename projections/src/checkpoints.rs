//! How far each projection has come in each clinic, and of which generation its rows are. A checkpoint counts events: it is the
//! position of the next one.

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgExecutor, PgPool, Row};
use uuid::Uuid;

use crate::build::Build;
use crate::projection::View;

/// Where one projection stands in one clinic's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The rows that readers ask.
    pub build: Build,
    /// Position of the next event, which is the number of events folded.
    pub next: u64,
    /// Why it goes no further.
    pub stopped: Option<String>,
}

/// One step forward of a view.
pub(crate) struct Step {
    pub before: Standing,
    pub after: Standing,
}

impl Standing {
    pub fn view(&self) -> View {
        self.build.view
    }

    fn read(view: View, row: &PgRow) -> Result<Self, sqlx::Error> {
        let build = Build::live(view, row.try_get("generation")?);
        Ok(Self { build, next: row.try_get::<i64, _>("next")? as u64, stopped: row.try_get("stopped")? })
    }

    fn at_the_beginning(view: View) -> Self {
        Self { build: Build::live(view, 0), next: 0, stopped: None }
    }
}

/// Every view's standing; one without a row stands at the beginning.
pub(crate) async fn all(executor: impl PgExecutor<'_>, clinic: Uuid) -> Result<Vec<Standing>, sqlx::Error> {
    let sql = "SELECT projection, generation, next, stopped FROM projections.checkpoints WHERE clinic_id = $1";
    let rows = sqlx::query(sql).bind(clinic).fetch_all(executor).await?;
    let standing = |view: View| {
        let schema = view.schema();
        let row = rows.iter().find(|row| row.try_get::<&str, _>("projection").is_ok_and(|name| name == schema));
        row.map_or_else(|| Ok(Standing::at_the_beginning(view)), |row| Standing::read(view, row))
    };
    View::ALL.into_iter().map(standing).collect()
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
) -> Result<Vec<Standing>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT projection, generation, next, stopped, set_config('synchronous_commit', 'off', true),
                pg_try_advisory_xact_lock(hashtextextended('daybook ' || projection || clinic_id, 0)) AS is_mine
         FROM projections.checkpoints WHERE clinic_id = $1 AND projection = ANY($2)",
    )
    .bind(clinic)
    .bind(views.iter().map(|view| view.schema()).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    let mut locked = Vec::new();
    for row in rows {
        let name: &str = row.try_get("projection")?;
        if let Some(view) = views.iter().find(|view| view.schema() == name)
            && row.try_get("is_mine")?
        {
            locked.push(Standing::read(*view, &row)?);
        }
    }
    Ok(locked)
}

/// As `lock`, for one view, and waits for whoever works on it.
pub(crate) async fn lock_one(connection: &mut PgConnection, clinic: Uuid, view: View) -> Result<Standing, sqlx::Error> {
    wait_for("daybook ", connection, clinic, view).await?;
    of(connection, clinic, view).await
}

/// Where a view stands, once nobody else builds it again; and nobody does until the transaction ends. Who keeps it in step
/// with the log goes on.
pub(crate) async fn lock_for_rebuild(
    connection: &mut PgConnection,
    clinic: Uuid,
    view: View,
) -> Result<Standing, sqlx::Error> {
    wait_for("daybook rebuild ", connection, clinic, view).await?;
    of(connection, clinic, view).await
}

async fn wait_for(
    lock: &'static str,
    connection: &mut PgConnection,
    clinic: Uuid,
    view: View,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1 || $2 || $3::uuid, 0))")
        .bind(lock)
        .bind(view.schema())
        .bind(clinic)
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves checkpoints. `false`: one of them was moved by somebody else meanwhile, and this transaction must not commit.
pub(crate) async fn advance(connection: &mut PgConnection, clinic: Uuid, steps: &[Step]) -> Result<bool, sqlx::Error> {
    let moved = sqlx::query(
        "UPDATE projections.checkpoints c SET generation = step.new, next = step.after, stopped = step.stopped
         FROM UNNEST($2::text[], $3::int[], $4::bigint[], $5::int[], $6::bigint[], $7::text[])
             AS step (projection, old, before, new, after, stopped)
         WHERE c.clinic_id = $1 AND c.projection = step.projection AND c.generation = step.old AND c.next = step.before",
    )
    .bind(clinic)
    .bind(steps.iter().map(|step| step.before.view().schema()).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.before.build.generation).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.before.next as i64).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.after.build.generation).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.after.next as i64).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.after.stopped.as_deref()).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    Ok(moved.rows_affected() == steps.len() as u64)
}

async fn of(connection: &mut PgConnection, clinic: Uuid, view: View) -> Result<Standing, sqlx::Error> {
    let sql = "SELECT generation, next, stopped FROM projections.checkpoints WHERE clinic_id = $1 AND projection = $2";
    let row = sqlx::query(sql).bind(clinic).bind(view.schema()).fetch_optional(connection).await?;
    row.map_or_else(|| Ok(Standing::at_the_beginning(view)), |row| Standing::read(view, &row))
}
