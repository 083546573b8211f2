//! Logs that stand at an earlier point than they did. Before anything is appended to one it begins a new epoch: it would sign two
//! roots for one size otherwise (ledger.md, section 3).

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use daybook_domain::Sha256Hex;
use daybook_ledger::Recovery;
use daybook_ledger::backup::Head;
use daybook_ledger::database::{self, DatabaseRole};
use daybook_ledger::erased::count_keys;
use daybook_ledger::sealing::all_open;
use daybook_ledger::verify::{self, Report, Verdict};
use sqlx::PgPool;

use super::kept::KeptElsewhere;
use crate::opening;
use crate::progress::Progress;
use crate::recorder::Recorder;
use crate::verify::{keys, unwitnessed};

/// Connections for verifying.
const CONNECTIONS: u32 = 8;

/// A database that holds them, and nobody else uses.
pub struct GoneBack {
    pub recorder: Recorder,
    /// Where each stands.
    pub heads: Vec<Head>,
    url: String,
    pool: PgPool,
    kept: KeptElsewhere,
}

impl GoneBack {
    pub async fn new(url: &str, recorder: Recorder, heads: Vec<Head>, kept: KeptElsewhere) -> anyhow::Result<Self> {
        let pool = database::connect(url, DatabaseRole::Project, CONNECTIONS).await?;
        Ok(Self { recorder, url: url.to_owned(), pool, heads, kept })
    }

    /// A report of each log, in the order of the clinics: as whole as a verification finds it, grown from every checkpoint that
    /// was kept as far as its head goes, and all its keys there. Nothing is said of any where the database does not hold the
    /// logs that it should.
    pub async fn verified(&self, doing: &str) -> anyhow::Result<Vec<Report>> {
        let clinics = verify::clinics(&self.pool).await?;
        if let Some(missing) = self.heads.iter().find(|head| !clinics.contains(&head.clinic)) {
            bail!("the log of clinic {} is not in the database, and it should be", missing.clinic);
        }
        let store = database::connect(&self.url, DatabaseRole::Keys, 1).await?;
        let progress = Progress::events(self.heads.iter().map(|head| head.size).sum()).doing(doing);
        let mut reports = Vec::new();
        for clinic in clinics {
            let head = self.heads.iter().find(|head| head.clinic == clinic);
            let outside = self.kept.outside(clinic, head, &self.recorder.ledger.epochs(clinic).await?)?;
            let mut report = verify::against(&self.pool, clinic, &outside, |events| progress.add(events)).await?;
            report.witnessing = Some(unwitnessed::witnessing(&report, None));
            reports.push(report);
        }
        progress.finish();
        keys::compare(&mut reports, &self.pool, &store).await?;
        let clinics: Vec<_> = reports.iter().map(|report| report.clinic).collect();
        let (secrets, all, mut before) = (opening::local_keys()?, count_keys(&store, &clinics).await?, 0);
        let progress = Progress::keys(all).doing("opening the keys");
        for clinic in clinics {
            let open = all_open(&store, &secrets, clinic, |done, _| progress.reach(before + done, all)).await;
            before +=
                open.with_context(|| format!("the keys of clinic {clinic} do not open with the secrets that are set"))?;
        }
        progress.finish();
        Ok(reports)
    }

    /// Begins the new epochs, of the logs that have not, as they were found. `backup`: its log's hash, and when it was made,
    /// where they come from one.
    pub async fn begin_epochs(
        &self,
        found: &[Report],
        backup: Option<(Sha256Hex, DateTime<Utc>)>,
    ) -> anyhow::Result<()> {
        let progress = Progress::logs(found.len() as u64).doing("beginning new epochs");
        for clinic in found.iter().map(|report| report.clinic) {
            let size = self.heads.iter().find(|head| head.clinic == clinic).map_or(0, |head| head.size);
            let epochs = self.recorder.ledger.epochs(clinic).await?;
            // Nobody could append since but this: an epoch that begins where the log stood is what a first try left.
            if epochs.len() > 1 && epochs.last().is_some_and(|last| last.from == size) {
                progress.add(1);
                continue;
            }
            let last_checkpoint = self.kept.last_beyond(clinic, size, &epochs)?;
            self.recorder.recover(clinic, &Recovery { last_checkpoint, backup: backup.clone() }).await?;
            progress.add(1);
        }
        progress.finish();
        Ok(())
    }
}

/// A log that nothing was written to yet is nothing to verify, and no reason not to go on with the others.
pub fn sound(reports: &[Report]) -> bool {
    reports.iter().all(|report| report.verdict != Verdict::Invalid)
}
