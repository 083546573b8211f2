//! A `daybook` process of the same build, and the database it works on.

use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use tokio::process::{Child, Command};

/// A running server; killed when dropped.
pub struct Server {
    pub url: String,
    process: Child,
}

/// An empty database; the first server migrates it.
pub async fn database(cluster: &str) -> anyhow::Result<String> {
    let database = private_postgres::test::fresh_database_in(cluster, "bench_empty", async |_: &str| Ok(())).await?;
    Ok(database.url)
}

impl Server {
    /// Starts one on a free port and waits until it is ready.
    pub async fn start(database: &str, name: &str) -> anyhow::Result<Self> {
        let binary = std::env::current_exe()?.with_file_name("daybook");
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = Command::new(&binary)
            .arg("serve")
            .env("DAYBOOK_MODE", "development")
            .env("DAYBOOK_DEVELOPMENT_ISSUER", "true")
            .env("DAYBOOK_SIMULATED", "true")
            .env("DAYBOOK_ROOT_SECRET", "07".repeat(32))
            .env("DAYBOOK_ORIGIN", format!("{name}.bench.localhost"))
            .env("DAYBOOK_LISTEN", format!("127.0.0.1:{port}"))
            .env("DAYBOOK_DATABASE_URL", database)
            .env("DAYBOOK_LOG", "warn")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} is not there; ./run bench builds it", binary.display()))?;
        let url = format!("http://127.0.0.1:{port}");
        for _ in 0..200 {
            if reqwest::get(format!("{url}/health")).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(Self { url, process });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("the server did not become healthy")
    }

    /// Memory its process holds now.
    pub fn resident_mib(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id().context("it runs")?))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS")).context("Linux tells VmRSS")?;
        Ok(line.split_whitespace().nth(1).context("a number")?.parse::<f64>()? / 1024.0)
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}
