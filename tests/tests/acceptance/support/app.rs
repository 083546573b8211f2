//! Servers on a database of their own, run exactly as production runs them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use daybook_api::{Application, Config, Foundation, StopHandle};
use daybook_ledger::clock::System;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::sealing::{KeyRing, LocalKeys};
use daybook_ledger::{Ledger, Options};
use private_postgres::TestDatabase;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::task::JoinHandle;

use super::{Client, Clinic, eventually};

/// A database and a first server on it.
pub struct App {
    pub database: TestDatabase,
    /// As the database's owner, who sees every row of every table.
    pub owner: PgPool,
    pub server: Server,
    pub http: reqwest::Client,
    storage: Storage,
}

/// The directory of files of the servers on one database, gone with them.
struct Storage(PathBuf);

impl Drop for Storage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One running server.
pub struct Server {
    pub base: String,
    pub stop: StopHandle,
    pub running: JoinHandle<std::io::Result<()>>,
}

impl App {
    pub async fn start() -> Arc<Self> {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Arc<Self> {
        let database = private_postgres::fresh_database("acceptance", async |url: &str| {
            database::migrate(url).await?;
            Ok(daybook_projections::prepare(url).await?)
        });
        let database = database.await.expect("a database");
        let owner =
            PgPoolOptions::new().max_connections(4).connect(&database.url).await.expect("the owner's connection");
        let mut config = config(&database.url);
        let storage = Storage(config.storage_directory.clone().expect("a directory"));
        change(&mut config);
        let server = Server::start(config).await;
        let http = reqwest::Client::builder().timeout(super::PATIENCE).build().expect("an HTTP client");
        Arc::new(Self { database, owner, server, http, storage })
    }

    /// Waits until every read model has come to the end of every log.
    pub async fn read_models_caught_up(&self) {
        let caught_up = "SELECT bool_and(next = size) FROM projections.checkpoints
                         JOIN (SELECT clinic_id, max(position) + 1 AS size FROM ledger.events GROUP BY 1) AS log USING (clinic_id)";
        eventually("every read model has come to the end of the log", async || {
            sqlx::query_scalar::<_, Option<bool>>(caught_up).fetch_one(&self.owner).await.unwrap() == Some(true)
        })
        .await;
    }

    /// Where the servers keep files.
    pub fn storage(&self) -> &Path {
        &self.storage.0
    }

    /// What the servers are set up with.
    pub fn config(&self) -> Config {
        config(&self.database.url)
    }

    /// A second server on the same database: the two share nothing else.
    pub async fn another_server(&self) -> Server {
        Server::start(config(&self.database.url)).await
    }

    pub async fn with_clinic(self: &Arc<Self>) -> Clinic {
        Clinic::open(self).await
    }

    /// Somebody without a token.
    pub fn anybody(&self) -> Client {
        Client::new(self.http.clone(), &self.server.base, None, "nobody")
    }

    /// The log and the door to PHI, as a program beside the servers has them.
    pub async fn foundation(&self) -> Foundation {
        Foundation::lay(&config(&self.database.url)).await.expect("a foundation")
    }

    /// The ledger and the projector's connection, as a program beside the servers has them.
    pub async fn beside(&self) -> (PgPool, Ledger) {
        let root = config(&self.database.url).root().expect("the development secret");
        let (url, keys) = (&self.database.url, Arc::new(LocalKeys::new(root)));
        let connect = async |role| database::connect(url, role, 4).await.expect("a connection");
        let ring = KeyRing::new(connect(DatabaseRole::Keys).await, keys.clone(), Arc::new(System), Arc::new(System));
        let append = connect(DatabaseRole::Append).await;
        let options = Options { origin: "daybook.localhost".into(), ..Options::default() };
        let ledger = Ledger::start(append, keys, ring.sealer, Arc::new(System), Arc::new(System), &options);
        (connect(DatabaseRole::Project).await, ledger)
    }
}

impl Server {
    async fn start(config: Config) -> Self {
        let application = Application::build(config).await.expect("a server");
        let base = format!("http://{}", application.address());
        let stop = application.stop_handle();
        Self { base, stop, running: tokio::spawn(application.run()) }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }
}

fn config(url: &str) -> Config {
    let database: PgConnectOptions = url.parse().expect("a database's address");
    let name = database.get_database().expect("a database's name");
    let storage_directory = Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("files-of").join(name));
    Config { workers: 2, connections: 6, storage_directory, ..Config::development(url) }
}
