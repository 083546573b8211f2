//! A look at the log without the right to change it: a login that may read one clinic's events, as stored.

use anyhow::Context;
use sqlx::{Connection, Executor};
use uuid::Uuid;

use crate::postgres::{Database, connect};

const USER: &str = "daybook_reader";

/// The connection string of a reader of this clinic, tried once, and how many events it shows. `None` where the database
/// is not the demo's own: no login is made there.
pub async fn url(database: &Database, clinic: Uuid) -> anyhow::Result<Option<(String, i64)>> {
    let Some(url) = database.url_for(USER) else { return Ok(None) };
    let mut owner = connect(database.url()).await?;
    // Roles belong to the cluster and survive --fresh, which drops the database only.
    owner
        .execute(
            format!(
                "DO $$ BEGIN
                     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{USER}') THEN CREATE ROLE {USER} LOGIN; END IF;
                 END $$;
                 GRANT daybook_read TO {USER}"
            )
            .as_str(),
        )
        .await
        .context("the read-only login could not be made")?;
    owner.close().await?;
    let url = format!("{url}&options=-c%20daybook.clinic%3D{clinic}");
    let mut reader = connect(&url).await?;
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM events").fetch_one(&mut reader).await?;
    reader.close().await?;
    Ok(Some((url, count)))
}
