//! A witness of the demo's logs: a process of its own with a key and a memory of its own. It is simulated, because it runs on the
//! same machine; a real one is another organization's. It shows what a witness does, and what is found out with it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use daybook_api::WitnessConfig;
use daybook_ledger::cosignature::Cosigner;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::client::Client;
use crate::postgres::Database;

/// Its name says what it is.
const NAME: &str = "simulated-witness.demo.daybook.localhost";
/// How often it is asked: the day is short.
pub const EVERY_SECONDS: u64 = 5;
/// How long it may take until it has seen everything.
const PATIENCE: Duration = Duration::from_secs(30);

/// A witness that may be started.
pub struct Witness {
    program: PathBuf,
    folder: PathBuf,
    policy: PathBuf,
    vkey: String,
    address: SocketAddr,
}

/// The process; ended when dropped.
pub struct Serving {
    _process: Child,
    /// Whom to believe of these logs.
    pub policy: PathBuf,
}

impl Witness {
    /// Makes its key, the first time. `None` where the program is not there that witnesses.
    pub async fn prepare(database: &Database) -> anyhow::Result<Option<Self>> {
        let program = std::env::current_exe()?.with_file_name("daybook-replay");
        if !program.exists() {
            return Ok(None);
        }
        let (folder, policy) = (database.directory().join("witness"), database.directory().join("trust-policy"));
        if !folder.join("key").exists() {
            let mut make = Command::new(&program);
            make.args(["witness", "key", "--name", NAME, "--folder"]).arg(&folder);
            let made = make.output().await.context("the witness's key could not be made")?;
            ensure!(made.status.success(), "the witness's key could not be made");
        }
        let key: Cosigner = std::fs::read_to_string(folder.join("key"))?.trim_end().parse()?;
        // Free now; should another program take it before the witness does, the demo says that the witness did not begin.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        Ok(Some(Self { program, folder, policy, vkey: key.witness().to_string(), address }))
    }

    /// How the server is told of it.
    pub fn config(&self) -> WitnessConfig {
        WitnessConfig { name: "simulated".into(), url: format!("http://{}", self.address), vkey: self.vkey.clone() }
    }

    /// Starts it for the logs of these clinics, which are there by now.
    pub async fn start(&self, client: &Client, clinics: &[Uuid]) -> anyhow::Result<Serving> {
        let mut policy = String::new();
        let mut process = Command::new(&self.program);
        process.args(["witness", "serve", "--listen", &self.address.to_string(), "--folder"]).arg(&self.folder);
        for clinic in clinics {
            let key = client.public(&format!("/v1/clinics/{clinic}/log/key")).await?;
            policy.push_str(&format!("log {}\n", key.trim_end()));
            process.args(["--log", key.trim_end()]);
        }
        policy.push_str(&format!("witness simulated {}\nquorum simulated\n", self.vkey));
        std::fs::write(&self.policy, policy)?;
        let spawned = process.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
        let mut process = spawned.context("the witness could not be started")?;
        let said = process.stdout.take().context("the witness says nothing")?;
        let line = tokio::time::timeout(PATIENCE, BufReader::new(said).lines().next_line()).await;
        let line = line.context("the witness did not begin")??;
        ensure!(line.is_some_and(|line| line.starts_with("witness ")), "the witness did not begin");
        Ok(Serving { _process: process, policy: self.policy.clone() })
    }
}

/// Waits until the newest head of each log has been seen. Whether it has.
pub async fn has_seen_all(client: &Client, clinics: &[Uuid]) -> bool {
    let all = async {
        for clinic in clinics {
            let log = format!("/v1/clinics/{clinic}/log");
            let (newest, seen) = (format!("{log}/checkpoint"), format!("{log}/cosigned-checkpoint"));
            while client.public(&newest).await.ok() != client.public(&seen).await.ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, all).await.is_ok()
}
