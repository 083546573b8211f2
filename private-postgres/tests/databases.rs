//! A database for each test.

use std::sync::atomic::{AtomicUsize, Ordering};

use private_postgres::fresh_database;
use sqlx::{Connection as _, Executor as _, PgConnection, PgPool};

static MIGRATIONS: AtomicUsize = AtomicUsize::new(0);

async fn migrate(url: &str) -> anyhow::Result<()> {
    MIGRATIONS.fetch_add(1, Ordering::Relaxed);
    // Left open on purpose: whoever migrates may not wait for a pool to close.
    let pool = PgPool::connect(url).await?;
    pool.execute("CREATE TABLE visit (n int)").await?;
    Ok(())
}

#[tokio::test]
async fn two_databases_asked_for_at_once_are_migrated_once_and_independent() -> anyhow::Result<()> {
    let key = format!("independent_{}", std::process::id());
    let (one, other) = tokio::join!(fresh_database(&key, migrate), fresh_database(&key, migrate));
    let (one, other) = (one?, other?);
    assert_ne!(one.name, other.name);
    assert_eq!(MIGRATIONS.load(Ordering::Relaxed), 1);

    let mut one = PgConnection::connect(&one.url).await?;
    let mut other = PgConnection::connect(&other.url).await?;
    one.execute("INSERT INTO visit VALUES (1)").await?;
    let count = "SELECT count(*) FROM visit";
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut one).await?, 1);
    assert_eq!(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut other).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_migration_that_failed_is_tried_again() -> anyhow::Result<()> {
    let key = format!("again_{}", std::process::id());
    let failed = fresh_database(&key, async |_: &str| anyhow::bail!("the disk is full")).await;
    assert!(failed.is_err());
    fresh_database(&key, async |url: &str| {
        PgPool::connect(url).await?.execute("CREATE TABLE visit (n int)").await?;
        Ok(())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_no_name_is_refused() {
    assert!(fresh_database("a'; DROP", async |_: &str| Ok(())).await.is_err());
}
