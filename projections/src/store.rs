//! The tables of the read models, and the three statements that touch them: load rows, store rows, read with the
//! checkpoint. One layout for all: a row is found by kind and id, or by owner, tag and time where a projection indexes
//! them. Rows of several generations may lie in one table; those that count are the ones its checkpoint names.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::postgres::{PgArguments, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{Executor, PgConnection, PgPool, Postgres, Row};
use uuid::Uuid;

use crate::build::Build;
use crate::error::Error;
use crate::projection::{Key, Stored, View, read_row};

/// What a row is found by.
const KEY: &str = "clinic_id, generation, kind, id, to_position";
/// `to_position` of a row's newest state.
pub(crate) const OPEN: i64 = i64::MAX;

/// Makes the schema, tables and grants of every projection's version where they are missing, as the database's owner.
/// Safe to run from several servers at once: the second waits and finds everything there. Other versions' schemas are
/// left alone, so that an older program can go on reading its own. What is there already is not touched at all: even
/// `CREATE INDEX IF NOT EXISTS` locks its table, and would meet a projector that is at work in a deadlock.
pub async fn prepare(owner_url: &str) -> Result<(), Error> {
    let pool = PgPoolOptions::new().max_connections(1).connect(owner_url).await?;
    let mut transaction = pool.begin().await?;
    transaction.execute("SELECT pg_advisory_xact_lock(hashtextextended('daybook prepare projections', 0))").await?;
    if is_missing(&mut transaction, "projections.checkpoints").await? {
        transaction.execute(CHECKPOINTS).await?;
    }
    if lacks_generations(&mut transaction).await? {
        transaction.execute(GENERATIONS).await?;
    }
    for view in View::ALL {
        if is_missing(&mut transaction, &format!("{}.rows", view.schema())).await? {
            transaction.execute(tables(view).as_str()).await?;
        }
    }
    transaction.commit().await?;
    pool.close().await;
    Ok(())
}

/// A table is made together with its schema, indexes and grants, or not at all.
async fn is_missing(connection: &mut PgConnection, table: &str) -> Result<bool, Error> {
    let found = sqlx::query("SELECT to_regclass($1) IS NULL").bind(table).fetch_one(connection).await?;
    Ok(found.get(0))
}

/// Checkpoints were made without generations once. Programs of then go on with theirs, all of generation 0.
async fn lacks_generations(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let sql = "SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'projections.checkpoints'::regclass
                   AND attname = 'generation' AND NOT attisdropped)";
    sqlx::query_scalar(sql).fetch_one(connection).await
}

/// Whether a view of this version has been made in a database at all.
pub(crate) async fn is_prepared(connection: &mut PgConnection, view: View) -> Result<bool, Error> {
    Ok(!is_missing(connection, &format!("{}.rows", view.schema())).await?)
}

const CHECKPOINTS: &str = "
    CREATE SCHEMA IF NOT EXISTS projections;
    CREATE TABLE IF NOT EXISTS projections.checkpoints (
        clinic_id  uuid   NOT NULL,
        projection text   NOT NULL,
        next       bigint NOT NULL CHECK (next >= 0),
        stopped    text,
        PRIMARY KEY (clinic_id, projection)
    );
    GRANT USAGE ON SCHEMA projections TO daybook_project;
    GRANT SELECT, INSERT, UPDATE, DELETE ON projections.checkpoints TO daybook_project;";

const GENERATIONS: &str = "ALTER TABLE projections.checkpoints ADD COLUMN generation int NOT NULL DEFAULT 0";

/// `json`, not `jsonb`: a row is written far more often than anything within it is looked for.
fn tables(view: View) -> String {
    let schema = view.schema();
    let mut sql = format!(
        "CREATE SCHEMA IF NOT EXISTS {schema};
         CREATE TABLE IF NOT EXISTS {schema}.rows (
             clinic_id     uuid   NOT NULL,
             generation    int    NOT NULL,
             kind          text   COLLATE \"C\" NOT NULL,
             id            uuid   NOT NULL,
             from_position bigint NOT NULL,
             to_position   bigint NOT NULL CHECK (to_position > from_position),
             owner         uuid,
             tag           text   COLLATE \"C\",
             at            timestamptz,
             body          json   NOT NULL,
             PRIMARY KEY ({KEY})
         );
         GRANT USAGE ON SCHEMA {schema} TO daybook_project;
         GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.rows TO daybook_project;"
    );
    for (number, index) in view.folder().indexes().iter().enumerate() {
        sql.push_str(&format!("CREATE INDEX IF NOT EXISTS rows_{number} ON {schema}.rows {index};"));
    }
    sql
}

/// Makes an empty table beside the live one of each view, of this connection alone and until its transaction ends.
pub(crate) async fn set_up_beside(connection: &mut PgConnection, views: &[View]) -> Result<(), sqlx::Error> {
    for view in views {
        let (beside, schema) = (Build::beside(*view).table(), view.schema());
        let sql = format!("CREATE TEMP TABLE {beside} (LIKE {schema}.rows, PRIMARY KEY ({KEY})) ON COMMIT DROP");
        connection.execute(sql.as_str()).await?;
    }
    Ok(())
}

/// The condition on rows of a view that they are the ones readers ask. `$1` is the clinic.
pub(crate) fn current(view: View) -> String {
    format!(
        "generation = (SELECT c.generation FROM projections.checkpoints AS c WHERE c.clinic_id = $1 AND c.projection = '{}')",
        view.schema()
    )
}

/// The newest state of these rows of these views, in one query. The lateral form has each row looked up by its key: left
/// to choose, the planner keeps a plan it made while the table was empty, and reads all of it for every batch.
pub(crate) async fn load(
    connection: &mut PgConnection,
    clinic: Uuid,
    wanted: &[(Build, BTreeSet<Key>)],
) -> Result<Vec<(View, Key, u64, String)>, Error> {
    let (mut views, mut kinds, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for (build, key) in wanted.iter().flat_map(|(build, keys)| keys.iter().map(move |key| (build, key))) {
        views.push(build.view.index() as i32);
        kinds.push(key.kind);
        ids.push(key.id);
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let branches: Vec<String> = wanted
        .iter()
        .map(|(build, _)| {
            format!(
                "SELECT wanted.view, wanted.kind, wanted.id, stored.from_position, stored.body
                 FROM UNNEST($2::int[], $3::text[], $4::uuid[]) AS wanted (view, kind, id),
                 LATERAL (SELECT from_position, body::text FROM {} AS r WHERE r.clinic_id = $1 AND r.generation = {}
                              AND r.kind = wanted.kind AND r.id = wanted.id AND r.to_position = {OPEN} LIMIT 1) AS stored
                 WHERE wanted.view = {}",
                build.table(),
                build.generation,
                build.view.index()
            )
        })
        .collect();
    let sql = branches.join(" UNION ALL ");
    let rows = sqlx::query(&sql).bind(clinic).bind(views).bind(kinds).bind(ids).fetch_all(connection).await?;
    rows.iter().map(loaded).collect()
}

fn loaded(row: &PgRow) -> Result<(View, Key, u64, String), Error> {
    let view = View::ALL[row.try_get::<i32, _>(0)? as usize];
    Ok((view, key(view, row.try_get(1)?, row.try_get(2)?)?, row.try_get::<i64, _>(3)? as u64, row.try_get(4)?))
}

fn key(view: View, kind: &str, id: Uuid) -> Result<Key, Error> {
    let known = view.folder().kinds().iter().find(|known| **known == kind);
    let kind = known.ok_or_else(|| Error::Row { view: view.name(), problem: format!("unknown kind {kind}") })?;
    Ok(Key { kind, id })
}

/// Stores live rows of several views in one statement: a newest state replaces the newest, a past one is added.
pub(crate) async fn write(
    connection: &mut PgConnection,
    clinic: Uuid,
    rows: &[(Build, Vec<Stored>)],
) -> Result<(), sqlx::Error> {
    let all = || rows.iter().flat_map(|(build, stored)| stored.iter().map(move |row| (build, row)));
    if all().next().is_none() {
        return Ok(());
    }
    let written: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(number, (build, _))| {
            format!(
                "w{number} AS (INSERT INTO {} (clinic_id, generation, kind, id, from_position, to_position, owner, tag, at, body)
                 SELECT $1, {}, kind, id, from_position, to_position, owner, tag, at, body::json FROM input WHERE view = {}
                 ON CONFLICT ({KEY}) DO UPDATE SET from_position = EXCLUDED.from_position,
                     owner = EXCLUDED.owner, tag = EXCLUDED.tag, at = EXCLUDED.at, body = EXCLUDED.body)",
                build.table(),
                build.generation,
                build.view.index()
            )
        })
        .collect();
    let sql = format!(
        "WITH input AS (SELECT * FROM UNNEST($2::int[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[], $7::uuid[], $8::text[], $9::timestamptz[], $10::text[])
             AS input (view, kind, id, from_position, to_position, owner, tag, at, body)),
         {} SELECT 1",
        written.join(", ")
    );
    sqlx::query(&sql)
        .bind(clinic)
        .bind(all().map(|(build, _)| build.view.index() as i32).collect::<Vec<_>>())
        .bind(all().map(|(_, row)| row.key.kind).collect::<Vec<_>>())
        .bind(all().map(|(_, row)| row.key.id).collect::<Vec<_>>())
        .bind(all().map(|(_, row)| row.from as i64).collect::<Vec<_>>())
        .bind(all().map(|(_, row)| row.to.map_or(OPEN, |to| to as i64)).collect::<Vec<_>>())
        .bind(all().map(|(_, row)| row.columns.owner).collect::<Vec<_>>())
        .bind(all().map(|(_, row)| row.columns.tag).collect::<Vec<_>>())
        .bind(all().map(|(_, row)| row.columns.at).collect::<Vec<_>>())
        .bind(all().map(|(_, row)| row.body.as_str()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes a clinic's rows of one view that are of generations before this one.
pub(crate) async fn sweep(pool: &PgPool, clinic: Uuid, build: Build) -> Result<(), sqlx::Error> {
    let sql = format!("DELETE FROM {} WHERE clinic_id = $1 AND generation < {}", build.table(), build.generation);
    sqlx::query(&sql).bind(clinic).execute(pool).await?;
    Ok(())
}

/// How many rows of a view a clinic has live and, of those and of the ones beside them, which are not the same: how many
/// there are, and the first `limit` of them as JSON, the live one first.
pub(crate) async fn differences(
    connection: &mut PgConnection,
    clinic: Uuid,
    view: View,
    limit: u64,
) -> Result<(u64, u64, Vec<(Option<Value>, Option<Value>)>), sqlx::Error> {
    let (schema, current, beside) = (view.schema(), current(view), Build::beside(view).table());
    let count = format!("SELECT count(*) FROM {schema}.rows WHERE clinic_id = $1 AND {current}");
    let rows: i64 = sqlx::query_scalar(&count).bind(clinic).fetch_one(&mut *connection).await?;
    let sql = format!(
        "SELECT count(*) OVER (), to_jsonb(live) - 'generation', to_jsonb(told) - 'generation'
         FROM (SELECT * FROM {schema}.rows WHERE clinic_id = $1 AND {current}) AS live
         FULL JOIN {beside} AS told USING (clinic_id, kind, id, to_position)
         WHERE (live.from_position, live.owner, live.tag, live.at) IS DISTINCT FROM (told.from_position, told.owner, told.tag, told.at)
            OR (live.body::text IS DISTINCT FROM told.body::text AND live.body::jsonb IS DISTINCT FROM told.body::jsonb)
         ORDER BY kind, id, to_position LIMIT $2"
    );
    let found = sqlx::query(&sql).bind(clinic).bind(limit as i64).fetch_all(connection).await?;
    let different = found.first().map(|row| row.try_get::<i64, _>(0)).transpose()?.unwrap_or(0);
    let pairs = found.iter().map(|row| Ok((row.try_get(1)?, row.try_get(2)?))).collect::<Result<_, sqlx::Error>>()?;
    Ok((rows as u64, different as u64, pairs))
}

/// A row and the position of the event that made it what it is.
pub(crate) struct Found<R> {
    pub id: Uuid,
    pub from: u64,
    pub row: R,
}

/// Rows of a view and the checkpoint they stand for, in one statement, hence of one moment. `filter` speaks of the
/// columns of `rows` and of `$2` and on; only the newest state of rows is asked.
pub(crate) async fn read<R: DeserializeOwned>(
    pool: &PgPool,
    view: View,
    clinic: Uuid,
    filter: &str,
    order: &str,
    bind: impl for<'q> FnOnce(Query<'q, Postgres, PgArguments>) -> Query<'q, Postgres, PgArguments>,
) -> Result<(u64, Vec<Found<R>>), Error> {
    let schema = view.schema();
    let sql = format!(
        "SELECT checkpoint.next, found.id, found.from_position, found.body::text FROM projections.checkpoints AS checkpoint
         LEFT JOIN LATERAL (SELECT * FROM {schema}.rows WHERE clinic_id = $1 AND generation = checkpoint.generation
                                AND to_position = {OPEN} AND {filter} ORDER BY {order}) AS found ON true
         WHERE checkpoint.clinic_id = $1 AND checkpoint.projection = '{schema}' ORDER BY {order}"
    );
    let rows = bind(sqlx::query(&sql).bind(clinic)).fetch_all(pool).await?;
    let next = rows.first().map(|row| row.try_get::<i64, _>(0)).transpose()?.unwrap_or(0) as u64;
    Ok((next, rows.iter().filter_map(|row| found(view, row).transpose()).collect::<Result<_, _>>()?))
}

fn found<R: DeserializeOwned>(view: View, row: &PgRow) -> Result<Option<Found<R>>, Error> {
    let Some(id) = row.try_get::<Option<Uuid>, _>(1)? else { return Ok(None) };
    let row_body: String = row.try_get(3)?;
    Ok(Some(Found { id, from: row.try_get::<i64, _>(2)? as u64, row: read_row(view, &row_body)? }))
}

/// Ids of a view's rows, in their newest state. `filter` speaks of the columns of `rows` and of `$2`, a position.
pub(crate) async fn ids(
    pool: &PgPool,
    view: View,
    clinic: Uuid,
    filter: &str,
    position: u64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let (schema, current) = (view.schema(), current(view));
    let sql = format!(
        "SELECT id FROM {schema}.rows WHERE clinic_id = $1 AND {current} AND to_position = {OPEN} AND {filter}"
    );
    sqlx::query_scalar(&sql).bind(clinic).bind(position as i64).fetch_all(pool).await
}

/// Rows of a view as they were after the event at `position`, past states among them.
pub(crate) async fn read_at<R: DeserializeOwned>(
    pool: &PgPool,
    view: View,
    clinic: Uuid,
    position: u64,
    filter: &str,
    bind: impl for<'q> FnOnce(Query<'q, Postgres, PgArguments>) -> Query<'q, Postgres, PgArguments>,
) -> Result<Vec<Found<R>>, Error> {
    let sql = format!(
        "SELECT 0::bigint, id, from_position, body::text FROM {}.rows
         WHERE clinic_id = $1 AND {} AND from_position <= $2 AND to_position > $2 AND {filter}",
        view.schema(),
        current(view)
    );
    let rows = bind(sqlx::query(&sql).bind(clinic).bind(position as i64)).fetch_all(pool).await?;
    rows.iter().filter_map(|row| found(view, row).transpose()).collect()
}

/// The newest rows of each of these owners as they were after the event at `position`: at most so many of each. `kind` has an
/// index by owner and `from_position`.
pub(crate) async fn newest_of<R: DeserializeOwned>(
    pool: &PgPool,
    view: View,
    clinic: Uuid,
    position: u64,
    (kind, owners): (&'static str, Vec<Uuid>),
    limit: usize,
) -> Result<Vec<Found<R>>, Error> {
    let sql = format!(
        "SELECT 0::bigint, newest.id, newest.from_position, newest.body::text FROM UNNEST($3::uuid[]) AS wanted (owner),
         LATERAL (SELECT * FROM {}.rows AS r WHERE r.clinic_id = $1 AND r.{} AND r.kind = '{kind}' AND r.owner = wanted.owner
                      AND r.from_position <= $2 AND r.to_position > $2 ORDER BY r.from_position DESC LIMIT {limit}) AS newest",
        view.schema(),
        current(view)
    );
    let rows = sqlx::query(&sql).bind(clinic).bind(position as i64).bind(owners).fetch_all(pool).await?;
    rows.iter().filter_map(|row| found(view, row).transpose()).collect()
}
