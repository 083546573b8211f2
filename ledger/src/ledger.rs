//! The ledger's front: one handle for everything that appends or reads.

use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::Stream as Flow;
use sqlx::{PgPool, Row};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use uuid::Uuid;

use crate::append::{Append, AppendError, Appended, CommandKey};
use crate::checkpoint::Checkpoint;
use crate::clock::{Clock, Ids};
use crate::epochs::{self, Epoch};
use crate::event::{Placed, Recorded};
use crate::format::{Hash, Stream};
use crate::loader::{History, Loader};
use crate::logs::{self, Logs};
use crate::note::{NoteSigner, NoteVerifier};
use crate::read;
use crate::rows::{hash, number};
use crate::sealing::{KeyProvider, Sealer};
use crate::sequencer::{Job, Lane};
use crate::wakeups::Wakeups;

/// Queries of the command loader under way at once.
const LOADERS: usize = 2;

/// How a ledger runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The installation's name, first part of every log's origin, e.g. `daybook.example`. No white space, no `+`.
    pub origin: String,
    /// Writers; clinics are hashed onto them. More help where many clinics write and the disk commits in parallel.
    pub lanes: usize,
    /// Appends that may wait for a lane before callers do.
    pub queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { origin: "daybook.localhost".into(), lanes: 2, queue: 256 }
    }
}

/// The log of every clinic in one database. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pool: PgPool,
    logs: Arc<Logs>,
    lanes: Arc<Vec<mpsc::Sender<Job>>>,
    loader: Loader,
    wakeups: Wakeups,
    sealer: Sealer,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    witnesses_wanted: Arc<Notify>,
}

impl Ledger {
    /// Starts the lanes over a pool in the role `daybook_append` of at least two connections a lane and two more.
    pub fn start(
        pool: PgPool,
        provider: Arc<dyn KeyProvider>,
        sealer: Sealer,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        options: &Options,
    ) -> Self {
        let logs = Arc::new(Logs::new(pool.clone(), provider, &options.origin));
        let wakeups = Wakeups::start(pool.clone());
        let lanes: Vec<_> = (0..options.lanes.max(1))
            .map(|_| {
                let (sender, receiver) = mpsc::channel(options.queue.max(1));
                tokio::spawn(Lane::new(pool.clone(), logs.clone(), clock.clone(), wakeups.clone()).run(receiver));
                sender
            })
            .collect();
        let loader = Loader::start(pool.clone(), LOADERS);
        Self {
            pool,
            logs,
            lanes: Arc::new(lanes),
            loader,
            wakeups,
            sealer,
            clock,
            ids,
            witnesses_wanted: Arc::default(),
        }
    }

    /// Seals events for this ledger.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// The clock that stamps events.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Where ids come from.
    pub fn ids(&self) -> &dyn Ids {
        &*self.ids
    }

    /// Appends durably: when this returns, the events stand in the log under a signed checkpoint. All or nothing.
    /// A caller that goes away does not undo its append.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        append.check()?;
        let lane = &self.lanes[(append.clinic.as_u128() % self.lanes.len() as u128) as usize];
        let (answer, answered) = oneshot::channel();
        lane.send(Job { append, answer })
            .await
            .map_err(|_| AppendError::Unavailable("the ledger is stopping".into()))?;
        answered.await.unwrap_or(Err(AppendError::OutcomeUnknown))
    }

    /// What a command wrote, if it was carried out before. The caller compares the request hash.
    pub async fn command(&self, clinic: Uuid, command: CommandKey) -> Result<Option<(Hash, Vec<Placed>)>, sqlx::Error> {
        let mut found = crate::sequencer::commands(&self.pool, &[(clinic, command)]).await?;
        Ok(found.remove(&(clinic, command.id)))
    }

    /// Events of one stream after a sequence (0: all), in order; empty where there is no such stream.
    pub async fn read_stream(&self, clinic: Uuid, stream: &Stream, after: u64) -> Result<Vec<Recorded>, sqlx::Error> {
        read::stream(&self.pool, clinic, stream, after).await
    }

    /// Up to `limit` events of one stream that lie within these positions of the clinic's log, in order.
    pub async fn read_stream_within(
        &self,
        clinic: Uuid,
        stream: &Stream,
        positions: Range<u64>,
        limit: u64,
    ) -> Result<Vec<Recorded>, sqlx::Error> {
        read::stream_within(&self.pool, clinic, stream, positions, limit).await
    }

    /// All events of these streams for a command, in the order asked for; shares its query with the loads that arrive
    /// with it.
    pub(crate) async fn load(&self, clinic: Uuid, streams: Vec<Stream>) -> Result<Vec<History>, Arc<sqlx::Error>> {
        self.loader.load(clinic, streams).await
    }

    /// All events of several streams in one query; stream by stream, each in order.
    pub async fn read_streams(&self, keys: &[(Uuid, Stream)]) -> Result<Vec<Recorded>, sqlx::Error> {
        read::streams(&self.pool, keys).await
    }

    /// Up to `limit` events of a clinic's log from a position on.
    pub async fn read_log(&self, clinic: Uuid, from: u64, limit: u64) -> Result<Vec<Recorded>, sqlx::Error> {
        read::range(&self.pool, clinic, from, limit).await
    }

    /// The events at these positions, in order of position; positions that do not exist are left out.
    pub async fn read_positions(&self, clinic: Uuid, positions: &[u64]) -> Result<Vec<Recorded>, sqlx::Error> {
        read::at(&self.pool, clinic, positions).await
    }

    /// The events of these types within these positions, in streams of whatever kind. Looks at every event there.
    pub async fn read_types(
        &self,
        clinic: Uuid,
        types: &[&str],
        positions: Range<u64>,
    ) -> Result<Vec<Recorded>, sqlx::Error> {
        read::of_types(&self.pool, clinic, types, positions).await
    }

    /// The keys under which something is sealed within these positions, and the patients with something sealed in their own
    /// stream there.
    pub async fn sealed_under(
        &self,
        clinic: Uuid,
        positions: Range<u64>,
    ) -> Result<(Vec<Uuid>, Vec<Uuid>), sqlx::Error> {
        read::sealed_under(&self.pool, clinic, positions).await
    }

    /// The position of the newest event recorded at or before a time; `None` where there is none. Times never run backwards
    /// within a clinic's log, so halving finds it. A log with a hole there is [`sqlx::Error::RowNotFound`].
    pub async fn position_at(&self, clinic: Uuid, time: DateTime<Utc>) -> Result<Option<u64>, sqlx::Error> {
        let (mut low, mut high) = (0, self.head(clinic).await?.map_or(0, |head| head.size));
        while low < high {
            let middle = low + (high - low) / 2;
            let events = self.read_positions(clinic, &[middle]).await?;
            if events.first().ok_or(sqlx::Error::RowNotFound)?.recorded_at <= time {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low.checked_sub(1))
    }

    /// The log from a position on, for ever, in pages; catch-up and live without a gap. After an error it goes on.
    pub fn subscribe(
        &self,
        clinic: Uuid,
        from: u64,
    ) -> impl Flow<Item = Result<Vec<Recorded>, sqlx::Error>> + Send + use<> {
        read::follow(self.pool.clone(), self.wakeups.clone(), clinic, from)
    }

    /// Wakes when the clinic's log has grown, as far as this process hears; a hint, never a promise.
    pub fn grown(&self, clinic: Uuid) -> watch::Receiver<u64> {
        self.wakeups.of(clinic)
    }

    /// Wakes when any log has grown.
    pub fn any_grown(&self) -> watch::Receiver<u64> {
        self.wakeups.of_all()
    }

    /// Every clinic that has a log.
    pub async fn clinics(&self) -> Result<Vec<Uuid>, sqlx::Error> {
        let rows = sqlx::query("SELECT clinic_id FROM ledger.logs ORDER BY clinic_id").fetch_all(&self.pool).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    /// The newest signed checkpoint; `None` before the first event.
    pub async fn head(&self, clinic: Uuid) -> Result<Option<Checkpoint>, sqlx::Error> {
        let row = sqlx::query("SELECT size, root, signature FROM ledger.checkpoints WHERE clinic_id = $1 ORDER BY size_before DESC LIMIT 1")
            .bind(clinic)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            let signature = row
                .try_get::<&[u8], _>(2)?
                .try_into()
                .map_err(|_| sqlx::Error::Decode("a signature has 64 bytes".into()))?;
            Ok(Checkpoint { size: number(&row, 0)?, root: hash(&row, 1)?, signature })
        })
        .transpose()
    }

    /// The epochs of a clinic's log, in order.
    pub async fn epochs(&self, clinic: Uuid) -> Result<Vec<Epoch>, sqlx::Error> {
        epochs::of(&self.pool, clinic).await
    }

    /// The public key of a clinic's log, in the epoch it is in.
    pub async fn verifier(&self, clinic: Uuid) -> Result<Option<NoteVerifier>, sqlx::Error> {
        logs::verifier(&self.pool, clinic).await
    }

    /// Wakes when somebody in this process waits for witnesses: whoever asks them does well to ask now.
    pub fn witnesses_wanted(&self) -> &Notify {
        &self.witnesses_wanted
    }

    pub(crate) async fn signer(&self, clinic: Uuid) -> Result<Arc<NoteSigner>, sqlx::Error> {
        self.logs.signer(clinic).await
    }

    /// The signer of one epoch of a log, whether or not that has begun.
    pub(crate) fn signer_of(&self, clinic: Uuid, epoch: u64) -> Result<NoteSigner, sqlx::Error> {
        self.logs.signer_of(clinic, epoch)
    }

    /// A log has begun another epoch.
    pub(crate) fn forget_signer(&self, clinic: Uuid) {
        self.logs.forget(clinic);
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }
}
