//! What is killed: a Postgres that really writes to disk, and two servers on it that share nothing else.

use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use private_postgres::{Options, Throwaway};
use sqlx::{Connection, Executor, PgConnection};

use crate::server::{Server, Setup};
use daybook_tests::program;

const DATABASE: &str = "daybook";
pub const SERVERS: usize = 2;
/// Longer than a server waits for its database, so that only a server that is gone leaves a caller without an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything that runs.
pub struct Installation {
    postgres: Arc<Throwaway>,
    setups: Vec<Setup>,
    servers: Vec<Server>,
    doors: Doors,
}

/// Where the servers are to be found just now. Cheap to clone.
#[derive(Clone)]
pub struct Doors {
    pub http: reqwest::Client,
    bases: Arc<RwLock<Vec<String>>>,
}

impl Doors {
    pub fn of(&self, server: usize) -> String {
        self.bases.read().expect("nobody panics here")[server].clone()
    }
}

impl Installation {
    pub async fn start() -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE).build().expect("an HTTP client");
        // Files below /tmp may be in memory, where nothing is durable.
        let options = Options::durable(Path::new("/var/tmp"));
        let postgres = blocking(move || Throwaway::start(options)).await.expect("a Postgres");
        let database_url = database(&postgres).await;
        let setup = |index| Setup {
            program: program(),
            database_url: database_url.clone(),
            log: log(index),
            http: http.clone(),
        };
        let setups: Vec<Setup> = (0..SERVERS).map(setup).collect();
        let mut servers = Vec::new();
        for setup in &setups {
            servers.push(setup.start().await);
        }
        let bases = servers.iter().map(|server| server.base.clone()).collect();
        let doors = Doors { http, bases: Arc::new(RwLock::new(bases)) };
        Self { postgres: Arc::new(postgres), setups, servers, doors }
    }

    pub fn doors(&self) -> Doors {
        self.doors.clone()
    }

    /// The database's address, as its superuser.
    pub fn database_url(&self) -> String {
        self.postgres.url(DATABASE)
    }

    /// Returns once both servers say so.
    pub async fn is_ready(&mut self) {
        for (setup, server) in self.setups.iter().zip(&mut self.servers) {
            setup.is_ready(server).await;
        }
    }

    pub fn kill_server(&mut self, index: usize) {
        self.servers[index].kill9();
    }

    pub async fn restart_server(&mut self, index: usize) {
        self.servers[index] = self.setups[index].start().await;
        self.doors.bases.write().expect("nobody panics here")[index] = self.servers[index].base.clone();
    }

    pub async fn kill_postgres(&self) {
        let postgres = self.postgres.clone();
        blocking(move || postgres.kill9()).await.expect("Postgres was running");
    }

    pub async fn restart_postgres(&self) {
        let postgres = self.postgres.clone();
        blocking(move || postgres.restart()).await.expect("Postgres recovers");
    }
}

/// The servers' own database, empty: the first of them to start sets it up.
async fn database(postgres: &Throwaway) -> String {
    let mut admin = PgConnection::connect(&postgres.url("postgres")).await.expect("Postgres answers");
    admin.execute(format!("CREATE DATABASE {DATABASE}").as_str()).await.expect("a database");
    admin.close().await.expect("a goodbye");
    postgres.url(DATABASE)
}

/// Kept after the test, for whoever has to find out what happened.
fn log(server: usize) -> std::path::PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crash-server-{server}.log"));
    std::fs::write(&path, "").expect("the log can be written");
    path
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the work does not panic")
}
