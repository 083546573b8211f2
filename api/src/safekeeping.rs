//! Whether the backups are as new as was promised and were drilled: looked at when somebody asks, and not more often than once
//! a minute.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use daybook_domain::Safekeeping;
use daybook_domain::safekeeping::{Alarm, Promises};
use daybook_ledger::aggregate::LoadError;
use daybook_ledger::{Ledger, Loaded, aggregate};
use tokio::sync::Mutex;

/// How long a look is good for.
const GOOD_FOR: Duration = Duration::from_secs(60);

/// What was seen of all clinics' logs together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many clinics each alarm is about; of those that are about none, 0.
    pub alarms: BTreeMap<Alarm, u64>,
    /// Of the clinic whose newest backup is the oldest: when that was begun.
    pub oldest_backup: Option<DateTime<Utc>>,
    /// Of the clinic whose newest backup with every file of visits is the oldest.
    pub oldest_backup_with_files: Option<DateTime<Utc>>,
    /// Of the clinic whose last drill that passed is the oldest: when that was.
    pub oldest_drill: Option<DateTime<Utc>>,
    /// Of the clinic whose last drill that passed and opened the files of visits is the oldest.
    pub oldest_drill_with_files: Option<DateTime<Utc>>,
}

impl Seen {
    /// Whether there is anything to be told.
    pub fn any(&self) -> bool {
        self.alarms.values().any(|clinics| *clinics > 0)
    }
}

/// Looks, and remembers for a while.
pub struct Watch {
    promises: Promises,
    seen: Mutex<Option<(Instant, Arc<Seen>)>>,
}

impl Watch {
    pub fn new(promises: Promises) -> Self {
        Self { promises, seen: Mutex::default() }
    }

    /// What is to be seen. Who asks while somebody looks waits for that.
    pub async fn look(&self, ledger: &Ledger) -> Result<Arc<Seen>, LoadError> {
        let mut seen = self.seen.lock().await;
        if let Some((at, known)) = &*seen
            && at.elapsed() < GOOD_FOR
        {
            return Ok(known.clone());
        }
        let found = Arc::new(self.find(ledger).await?);
        if seen.as_ref().is_none_or(|(_, before)| before.alarms != found.alarms) {
            for (alarm, clinics) in found.alarms.iter().filter(|(_, clinics)| **clinics > 0) {
                tracing::warn!(alarm = alarm.name(), clinics, "backups are not as was promised");
            }
        }
        *seen = Some((Instant::now(), found.clone()));
        Ok(found)
    }

    async fn find(&self, ledger: &Ledger) -> Result<Seen, LoadError> {
        let mut seen = Seen { alarms: Alarm::ALL.map(|alarm| (alarm, 0)).into(), ..Seen::default() };
        let clinics = ledger.clinics().await.map_err(|error| LoadError::Database(error.into()))?;
        for clinic in clinics {
            let kept: Loaded<Safekeeping> = aggregate::load(ledger, clinic, clinic).await?;
            for alarm in kept.alarms(&self.promises, ledger.clock().now()) {
                *seen.alarms.entry(alarm).or_default() += 1;
            }
            let older = |known: Option<DateTime<Utc>>, at: Option<DateTime<Utc>>| known.into_iter().chain(at).min();
            seen.oldest_backup = older(seen.oldest_backup, kept.newest_backup().map(|backup| backup.begun_at));
            seen.oldest_drill = older(seen.oldest_drill, kept.last_passed_drill().map(|drill| drill.drilled_at));
            let backup = kept.newest_backup_with_files().map(|backup| backup.begun_at);
            seen.oldest_backup_with_files = older(seen.oldest_backup_with_files, backup);
            let drill = kept.last_passed_drill_with_files().map(|drill| drill.drilled_at);
            seen.oldest_drill_with_files = older(seen.oldest_drill_with_files, drill);
        }
        Ok(seen)
    }
}
