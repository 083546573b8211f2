//! The database: a private Postgres under the data directory, or the one that was named.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use private_postgres::{Cluster, Options};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

use crate::arguments::Arguments;
use crate::secret;

const NAME: &str = "daybook";

/// A database the demo may use as its owner.
pub struct Database {
    cluster: Option<Cluster>,
    url: String,
    /// Where what belongs to the data is kept: the secret and the logs.
    directory: PathBuf,
}

impl Database {
    /// Starts the private Postgres unless a database was named.
    pub async fn open(arguments: &Arguments) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&arguments.data_dir)
            .with_context(|| format!("{} cannot be made", arguments.data_dir.display()))?;
        let directory = std::fs::canonicalize(&arguments.data_dir)?;
        if let Some(url) = &arguments.database_url {
            if arguments.fresh {
                bail!("--fresh only throws away the demo's own database, not one named by DAYBOOK_DATABASE_URL");
            }
            return Ok(Self { cluster: None, url: url.clone(), directory });
        }
        let options = Options::durable(directory.join("postgres"));
        let cluster = tokio::task::spawn_blocking(|| Cluster::start(options)).await?;
        let cluster = cluster.context("the private Postgres did not start")?;
        if let Some(wanted) = cluster.moved_from() {
            println!(
                "Postgres does not run as root, and its own user cannot enter {}: its files are in {}.",
                wanted.display(),
                cluster.data_dir().display()
            );
        }
        let directory = cluster.data_dir().parent().map_or(directory, Path::to_path_buf);
        let url = cluster.url(NAME);
        let database = Self { cluster: Some(cluster), url, directory };
        if let Err(error) = database.create(arguments.fresh).await {
            database.close().await?;
            return Err(error.context("the database could not be made"));
        }
        Ok(database)
    }

    async fn create(&self, fresh: bool) -> anyhow::Result<()> {
        let Some(cluster) = &self.cluster else { return Ok(()) };
        let mut connection = connect(&cluster.url("postgres")).await?;
        if fresh {
            connection.execute(format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)").as_str()).await?;
        }
        let there: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
            .bind(NAME)
            .fetch_optional(&mut connection)
            .await?;
        if there.is_none() {
            connection.execute(format!("CREATE DATABASE {NAME}").as_str()).await?;
        }
        allow_connections(&mut connection, true).await?;
        connection.close().await?;
        Ok(())
    }

    /// Its URL, as the owner.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its URL for another user, if it is the private one.
    pub fn url_for(&self, user: &str) -> Option<String> {
        self.cluster.as_ref().map(|cluster| cluster.url_for(user, NAME))
    }

    /// Whether it is the private one.
    pub fn is_private(&self) -> bool {
        self.cluster.is_some()
    }

    /// Where the secret, the logs and the tokens are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The path of the secret that opens what is in it.
    pub fn secret(&self) -> anyhow::Result<PathBuf> {
        secret::ensure(&self.directory)
    }

    /// Where the server keeps files of visits.
    pub fn files(&self) -> anyhow::Result<PathBuf> {
        Ok(std::path::absolute(self.directory.join("files"))?)
    }

    /// Where the server writes its log.
    pub fn server_log(&self) -> PathBuf {
        self.directory.join("server.log")
    }

    /// A copy of it under another name, for its superuser; its URL. Whoever is still connected to it is sent away and does
    /// not get in while it is copied; a crash in between leaves it closed, and the next start opens it.
    pub async fn copy_to(&self, name: &str) -> anyhow::Result<String> {
        let cluster = self.cluster.as_ref().context("only the demo's own database is copied")?;
        self.drop_copy(name).await?;
        let mut connection = connect(&cluster.url("postgres")).await?;
        allow_connections(&mut connection, false).await?;
        let copied = copy(&mut connection, name).await;
        allow_connections(&mut connection, true).await?;
        connection.close().await?;
        copied?;
        Ok(cluster.url(name))
    }

    /// Throws a copy away.
    pub async fn drop_copy(&self, name: &str) -> anyhow::Result<()> {
        let cluster = self.cluster.as_ref().context("only the demo's own database is copied")?;
        let mut connection = connect(&cluster.url("postgres")).await?;
        connection.execute(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)").as_str()).await?;
        connection.close().await?;
        Ok(())
    }

    /// Stops the private Postgres, with everything written.
    pub async fn close(self) -> anyhow::Result<()> {
        let Some(cluster) = self.cluster else { return Ok(()) };
        tokio::task::spawn_blocking(move || cluster.stop()).await?.context("the private Postgres did not stop")
    }
}

/// One connection, without a line in any log for what it asks.
pub async fn connect(url: &str) -> anyhow::Result<PgConnection> {
    let options: sqlx::postgres::PgConnectOptions = url.parse().context("not a postgres:// URL")?;
    options.connect().await.context("the database cannot be reached")
}

async fn allow_connections(connection: &mut PgConnection, allow: bool) -> sqlx::Result<()> {
    connection.execute(format!("ALTER DATABASE {NAME} ALLOW_CONNECTIONS {allow}").as_str()).await.map(drop)
}

async fn copy(connection: &mut PgConnection, name: &str) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1")
        .bind(NAME)
        .execute(&mut *connection)
        .await?;
    connection.execute(format!("CREATE DATABASE {name} TEMPLATE {NAME}").as_str()).await.map(drop)
}
