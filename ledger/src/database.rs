//! Connections: one pool a role, and the migrations.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};

use crate::migrations::Migrations;

/// The role a pool's connections take on (migrations/0001_ledger.sql).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseRole {
    /// Appends to and reads the ledger.
    Append,
    /// Reads the ledger and writes read models.
    Project,
    /// Holds wrapped data keys and the blind index.
    Keys,
}

impl DatabaseRole {
    fn name(self) -> &'static str {
        match self {
            DatabaseRole::Append => "daybook_append",
            DatabaseRole::Project => "daybook_project",
            DatabaseRole::Keys => "daybook_keys",
        }
    }
}

/// A pool whose connections have given up every right but the role's. `url` is a `postgres://` URL of a login that is a
/// member of the role.
pub async fn connect(url: &str, role: DatabaseRole, connections: u32) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    // A statement that hangs must not hold a lane for ever.
    // Statements bind arrays, whose lengths tell the planner nothing: planning each anew costs more than it finds.
    let options = options.application_name("daybook").options([
        ("statement_timeout", "60s"),
        ("idle_in_transaction_session_timeout", "60s"),
        ("plan_cache_mode", "force_generic_plan"),
        // A plan made while a table was small is kept when it has grown: read by index from the beginning.
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
    ]);
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                let set = format!("SET ROLE {}", role.name());
                connection.execute(set.as_str()).await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await
}

/// Brings the database to this program's version, as its owner. Safe to run from several servers at once.
pub async fn migrate(url: &str) -> Result<(), MigrateError> {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await?;
    Migrator::new(Migrations).await?.run(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Why the database could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the database cannot be reached: {0}")]
    Connect(#[from] sqlx::Error),
    #[error("a migration failed: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}
