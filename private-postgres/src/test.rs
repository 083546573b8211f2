//! A database for each test, quickly: migrations run once, into a template, and every test gets a copy of it.
//!
//! Template databases are shared by all test programs of a run, since they share a cluster (`DAYBOOK_TEST_CLUSTER`). A
//! test program started by itself has a cluster of its own, for as long as it runs.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;

use crate::{Options, Throwaway, random};

/// The address of a cluster to make test databases in, set by `private-postgres run`.
pub const CLUSTER_VARIABLE: &str = "DAYBOOK_TEST_CLUSTER";

/// Postgres cuts longer names short, and two templates must not become one.
const LONGEST_KEY: usize = 63 - "daybook_template_".len() - "_unfinished".len();

/// Of one test alone. Dropping it does nothing: it goes with its cluster.
#[derive(Clone, Debug)]
pub struct TestDatabase {
    pub url: String,
    pub name: String,
}

/// A new database, as `migrate` leaves one.
///
/// `template_key` names what `migrate` does: the same key means the same outcome, so it has to contain a digest of the
/// migrations. It is made of lower-case letters, digits and `_`. `migrate` is given the address of an empty database,
/// and runs at most once for each key in a cluster, however many tests and test programs ask at the same time.
pub async fn fresh_database(
    template_key: &str,
    migrate: impl AsyncFnOnce(&str) -> anyhow::Result<()>,
) -> anyhow::Result<TestDatabase> {
    let cluster = cluster_url().await?;
    fresh_database_in(&cluster, template_key, migrate).await
}

/// Like [`fresh_database`], in the cluster at that address.
pub async fn fresh_database_in(
    cluster: &str,
    template_key: &str,
    migrate: impl AsyncFnOnce(&str) -> anyhow::Result<()>,
) -> anyhow::Result<TestDatabase> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    anyhow::ensure!(
        !template_key.is_empty() && template_key.len() <= LONGEST_KEY && template_key.chars().all(fits),
        "the template key {template_key:?} is not made of at most {LONGEST_KEY} lower-case letters, digits and `_`"
    );
    let template = format!("daybook_template_{template_key}");
    let mut admin = PgConnection::connect(cluster).await.context("could not reach the cluster for tests")?;
    if !exists(&mut admin, &template).await? {
        make_template(&mut admin, cluster, &template, migrate).await?;
    }
    let name = format!("test_{}", random::suffix());
    admin.execute(format!("CREATE DATABASE {name} TEMPLATE {template}").as_str()).await?;
    admin.close().await?;
    Ok(TestDatabase { url: address_of(cluster, &name)?, name })
}

/// The address of the cluster test databases are made in.
pub async fn cluster_url() -> anyhow::Result<String> {
    match std::env::var(CLUSTER_VARIABLE) {
        Ok(url) => Ok(url),
        Err(_) => own_cluster().await,
    }
}

/// Never dropped, since nothing tells a test program that its last test is over. The server ends with the process; the
/// next one to start removes the files.
async fn own_cluster() -> anyhow::Result<String> {
    static OWN: OnceCell<Throwaway> = OnceCell::const_new();
    let start = || async {
        let options = Options::forgetful(Path::new("/tmp"));
        anyhow::Ok(tokio::task::spawn_blocking(|| Throwaway::start(options)).await??)
    };
    Ok(OWN.get_or_try_init(start).await?.url("postgres"))
}

/// The template appears under its name only when it is complete. A crash before leaves one named `…_unfinished`, which
/// the next attempt replaces.
async fn make_template(
    admin: &mut PgConnection,
    cluster: &str,
    template: &str,
    migrate: impl AsyncFnOnce(&str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // Held by the session, so it is also given back by a test program that dies.
    sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))").bind(template).execute(&mut *admin).await?;
    if !exists(admin, template).await? {
        let unfinished = format!("{template}_unfinished");
        admin.execute(format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)").as_str()).await?;
        admin.execute(format!("CREATE DATABASE {unfinished}").as_str()).await?;
        migrate(&address_of(cluster, &unfinished)?).await.context("could not migrate the template database")?;
        seal(admin, &unfinished).await?;
        admin.execute(format!("ALTER DATABASE {unfinished} RENAME TO {template}").as_str()).await?;
    }
    sqlx::query("SELECT pg_advisory_unlock(hashtextextended($1, 0))").bind(template).execute(&mut *admin).await?;
    Ok(())
}

/// A database can only be renamed and copied while nobody is connected to it, and a pool that was closed may still be
/// saying goodbye.
async fn seal(admin: &mut PgConnection, database: &str) -> anyhow::Result<()> {
    admin.execute(format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false").as_str()).await?;
    for _attempt in 0..500 {
        let connected: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
        )
        .bind(database)
        .fetch_one(&mut *admin)
        .await?;
        if connected == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    anyhow::bail!("somebody stays connected to the template database {database}")
}

async fn exists(admin: &mut PgConnection, database: &str) -> anyhow::Result<bool> {
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)");
    Ok(found.bind(database).fetch_one(admin).await?)
}

/// The address of another database of the same cluster.
pub fn address_of(cluster: &str, database: &str) -> anyhow::Result<String> {
    let (before, settings) = cluster.split_once('?').unwrap_or((cluster, ""));
    let authority = before.find("://").context("the cluster's address is not of the form postgres://…")? + 3;
    let end = before[authority..].find('/').map_or(before.len(), |slash| authority + slash);
    let question = if settings.is_empty() { "" } else { "?" };
    Ok(format!("{}/{database}{question}{settings}", &before[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_an_address_changes() {
        let of = |cluster| address_of(cluster, "b").expect("an address");
        assert_eq!(of("postgres://u@localhost:5432/a?host=/tmp/x"), "postgres://u@localhost:5432/b?host=/tmp/x");
        assert_eq!(of("postgres://u:p@h/a"), "postgres://u:p@h/b");
        assert_eq!(of("postgres://h"), "postgres://h/b");
    }
}
