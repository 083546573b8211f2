//! The server, in this process: the very one `./run serve` runs, in development mode on a loopback address.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Mutex;

use anyhow::Context;
use daybook_api::{Application, Config, StartError, StopHandle};
use secrecy::SecretString;
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;
use crate::postgres::Database;
use crate::witness::{self, Witness};

/// First part of every log's origin: nobody takes these for logs of real patients.
const ORIGIN: &str = "demo.daybook.localhost";
const PORT: u16 = 8080;
/// For each of the three database roles.
const CONNECTIONS: u32 = 16;

/// A running server.
pub struct Server {
    address: SocketAddr,
    stop: StopHandle,
    running: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Brings the database up to date and serves.
    pub async fn start(arguments: &Arguments, database: &Database, witness: Option<&Witness>) -> anyhow::Result<Self> {
        log_to(database)?;
        let secret = database.secret()?;
        let config = Config {
            listen: listen(arguments.port),
            origin: ORIGIN.into(),
            root_secret: Some(SecretString::from(secret.to_string_lossy().into_owned())),
            connections: CONNECTIONS,
            storage_directory: Some(database.files()?),
            witnesses: witness.map(Witness::config).into_iter().collect(),
            witness_seconds: witness::EVERY_SECONDS,
            ..Config::development(database.url())
        };
        let application = build(config, arguments.port.is_none()).await.context("the server did not start")?;
        let (address, stop) = (application.address(), application.stop_handle());
        Ok(Self { address, stop, running: tokio::spawn(application.run()) })
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets requests under way finish, and ends it.
    pub async fn stop(self) {
        self.stop.stop().await;
        if let Ok(Err(error)) = self.running.await {
            eprintln!("daybook demo: the server ended badly: {error}");
        }
    }
}

/// The port asked for; else the usual one, so that links stay the same from run to run; else any that is free.
fn listen(port: Option<u16>) -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
    match port {
        Some(port) => (Ipv4Addr::LOCALHOST, port).into(),
        None if TcpListener::bind(usual).is_ok() => usual,
        None => (Ipv4Addr::LOCALHOST, 0).into(),
    }
}

/// Between looking and listening another program may have taken the port.
async fn build(config: Config, any_port: bool) -> Result<Application, StartError> {
    match Application::build(config.clone()).await {
        Err(StartError::Listen { .. }) if any_port => {
            Application::build(Config { listen: (Ipv4Addr::LOCALHOST, 0).into(), ..config }).await
        }
        built => built,
    }
}

/// The terminal belongs to the story; what the server has to say goes to a file. `DAYBOOK_LOG` filters, e.g. `debug`.
fn log_to(database: &Database) -> anyhow::Result<()> {
    let path = database.server_log();
    let file = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    let filter = EnvFilter::try_from_env("DAYBOOK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).init();
    Ok(())
}
