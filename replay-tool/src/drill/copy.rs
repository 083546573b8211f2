//! The copy that a backup is restored into: a Postgres of its own, gone with this.

use std::path::Path;

use anyhow::{Context, bail};
use daybook_ledger::backup;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::erased;
use daybook_ledger::verify::{self, Report};
use private_postgres::{Options, Throwaway};

use crate::backup::{Beside, file};

pub struct Copy {
    url: String,
    _cluster: Throwaway,
}

impl Copy {
    pub async fn start() -> anyhow::Result<Self> {
        let cluster = tokio::task::spawn_blocking(|| {
            let data_dir = "/var/tmp".into();
            Throwaway::start(Options { data_dir, durable: false, max_connections: 40, shared_buffers_mb: 128 })
        });
        let cluster = cluster.await?.context("a Postgres of its own cannot be started")?;
        let url = cluster.url("postgres");
        database::migrate(&url).await?;
        Ok(Self { url, _cluster: cluster })
    }

    pub async fn restore(&self, from: &Path, identity: &Path) -> anyhow::Result<()> {
        let mut source = file::open(from, identity)?;
        let whole = backup::load(&self.url, &mut source).await;
        whole.with_context(|| format!("{} cannot be restored; nothing of it was", from.display()))
    }

    /// One report for each head beside the backup, in their order.
    pub async fn verified(&self, beside: &Beside) -> anyhow::Result<Vec<Report>> {
        let pool = database::connect(&self.url, DatabaseRole::Project, 8).await?;
        let store = database::connect(&self.url, DatabaseRole::Keys, 1).await?;
        let mut restored = backup::heads(&mut *pool.acquire().await?).await?;
        restored.retain(|head| !beside.heads.contains(head));
        if let Some(other) = restored.first() {
            bail!("the log of clinic {} stands elsewhere in the backup than what lies beside it says", other.clinic);
        }
        let mut reports = Vec::new();
        for head in &beside.heads {
            let mut report = verify::clinic(&pool, head.clinic, |_| {}).await?;
            erased::compare_keys(&mut report, &pool, &store).await?;
            reports.push(report);
        }
        Ok(reports)
    }
}
