//! The copy that a backup is restored into: a Postgres of its own, gone with this.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use daybook_ledger::backup;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::erased::count_keys;
use daybook_ledger::sealing::{RewrapError, all_open};
use daybook_ledger::verify::{self, Report};
use daybook_projections::{Comparison, Selection, compare, rebuild};
use private_postgres::{Options, Throwaway};
use uuid::Uuid;

use crate::backup::Beside;
use crate::files::{Attached, Examined, Keys, Named, examine};
use crate::opening;
use crate::progress::Progress;
use crate::reader::Reader;
use crate::verify::keys;

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

    /// Brings one of the files in, which was opened.
    pub async fn restore(&self, from: &Path, mut opened: impl Read) -> anyhow::Result<()> {
        let whole = backup::load(&self.url, &mut opened, None).await;
        whole.with_context(|| format!("{} cannot be restored; nothing of it was", from.display()))
    }

    /// Builds the read models from the restored logs, and holds them against those: rows, and what differs, of each clinic.
    pub async fn read_models(&self, beside: &Beside) -> anyhow::Result<Vec<Comparison>> {
        daybook_projections::prepare(&self.url).await?;
        let reader = self.reader().await?;
        let progress = Progress::events(beside.events()).doing("building read models");
        rebuild(&reader.pool, &reader.ledger, &Selection::default(), |events| progress.add(events)).await?;
        progress.finish();
        let progress = Progress::events(beside.events()).doing("verifying read models");
        Ok(compare(&reader.pool, &reader.ledger, &Selection::default(), |events| progress.add(events)).await?)
    }

    /// The copy's connections, as a reader has them.
    pub async fn reader(&self) -> anyhow::Result<Reader> {
        Reader::connect(&self.url, 4).await
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
        let (mut reports, progress) = (Vec::new(), Progress::events(beside.events()).doing("verifying"));
        for head in &beside.heads {
            reports.push(verify::clinic(&pool, head.clinic, |events| progress.add(events)).await?);
        }
        progress.finish();
        keys::compare(&mut reports, &pool, &store).await?;
        Ok(reports)
    }

    /// The files that the restored logs name.
    pub async fn named_files(&self, beside: &Beside) -> anyhow::Result<Named> {
        Attached::of_logs(&self.reader().await?.ledger, &beside.heads).await
    }

    /// Opens every file that the restored logs name, with the restored keys, and puts none anywhere.
    pub async fn files(&self, from: &Path, mut opened: impl Read, named: Named) -> anyhow::Result<Examined> {
        let store = database::connect(&self.url, DatabaseRole::Keys, 1).await?;
        let keys = Keys::of(store, opening::local_keys()?, self.reader().await?.ledger);
        let whole = examine(&mut opened, named, &keys, None).await;
        whole.with_context(|| format!("{} is not the files of a backup, or it was damaged", from.display()))
    }

    /// What stands in the way of opening each clinic's keys with the secrets that are set; nothing where all of them open.
    pub async fn unopened(&self, beside: &Beside) -> anyhow::Result<Vec<Option<RewrapError>>> {
        let (store, keys) = (database::connect(&self.url, DatabaseRole::Keys, 1).await?, opening::local_keys()?);
        let clinics: Vec<Uuid> = beside.heads.iter().map(|head| head.clinic).collect();
        let (all, mut unopened, mut before) = (count_keys(&store, &clinics).await?, Vec::new(), 0);
        let progress = Progress::keys(all).doing("opening the keys");
        for clinic in clinics {
            let opened = all_open(&store, &keys, clinic, |done, _| progress.reach(before + done, all)).await;
            before += opened.as_ref().map_or(0, |opened| *opened);
            unopened.push(opened.err());
        }
        progress.finish();
        Ok(unopened)
    }
}
