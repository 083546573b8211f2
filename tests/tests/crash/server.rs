//! A `daybook` server as a process of its own, which can be killed at any moment and started again.

use std::fs::{File, OpenOptions};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

/// How long a server may take until it is ready.
const READY: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(25);
/// Ports tried: another program may take a free one before the server does.
const TRIES: usize = 5;
/// Both servers derive every key from it, and believe each other's tokens.
pub const ROOT_SECRET: &str = "6372617368206372617368206372617368206372617368206372617368212121";

/// Killed when dropped.
pub struct Server {
    process: Child,
    pub base: String,
}

/// What it takes to start one.
pub struct Setup {
    pub program: PathBuf,
    pub database_url: String,
    pub log: PathBuf,
    pub http: reqwest::Client,
}

impl Setup {
    /// Returns once the server says that it is ready.
    pub async fn start(&self) -> Server {
        for _ in 0..TRIES {
            let address = free_address();
            let mut server = Server { process: self.spawn(&address), base: format!("http://{address}") };
            if self.becomes_ready(&mut server).await {
                return server;
            }
        }
        panic!("the server did not start; see {}", self.log.display());
    }

    /// Returns once a running server says so.
    pub async fn is_ready(&self, server: &mut Server) {
        assert!(self.becomes_ready(server).await, "a server ended by itself; see {}", self.log.display());
    }

    fn spawn(&self, address: &str) -> Child {
        let mut command = Command::new(&self.program);
        // Every variable that begins with its name is a setting to the server.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DAYBOOK_")) {
            command.env_remove(name);
        }
        command
            .arg("serve")
            .env("DAYBOOK_MODE", "development")
            .env("DAYBOOK_DEVELOPMENT_ISSUER", "true")
            .env("DAYBOOK_SIMULATED", "true")
            .env("DAYBOOK_ROOT_SECRET", ROOT_SECRET)
            .env("DAYBOOK_DATABASE_URL", &self.database_url)
            .env("DAYBOOK_LISTEN", address)
            .env("DAYBOOK_WORKERS", "2")
            .env("DAYBOOK_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(appended(&self.log));
        command.spawn().expect("the server's program runs")
    }

    /// `false` if the process ended by itself.
    async fn becomes_ready(&self, server: &mut Server) -> bool {
        let deadline = Instant::now() + READY;
        while Instant::now() < deadline {
            if server.process.try_wait().expect("the process is ours").is_some() {
                return false;
            }
            let asked = self.http.get(format!("{}/ready", server.base)).send().await;
            if asked.is_ok_and(|answer| answer.status().is_success()) {
                return true;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("the server at {} is not ready after {READY:?}; see {}", server.base, self.log.display());
    }
}

impl Server {
    /// SIGKILL: nothing is finished, nothing is said.
    pub fn kill9(&mut self) {
        self.process.kill().expect("the process is ours");
        self.process.wait().expect("a killed process ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone_already = self.process.kill();
        let _gone_already = self.process.wait();
    }
}

fn free_address() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

fn appended(log: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(log).expect("the log can be written")
}
