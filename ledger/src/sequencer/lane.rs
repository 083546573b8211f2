//! A lane: one task that takes everything queued, plans it, writes it in one statement and answers the callers.
//!
//! Invariants. An answer leaves only after the commit it speaks of. Nothing is remembered of a plan that was not written.
//! A statement that failed without a conflict may have been committed: its callers are answered from the command rows,
//! which the same statement writes. A crash anywhere leaves either all of a batch or none of it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use uuid::Uuid;

use super::cache::{Cache, Log, StreamKey};
use super::plan::{self, Plan};
use super::{MAX_BATCH, write};
use crate::append::{Append, AppendError, Appended, Expected};
use crate::clock::Clock;
use crate::logs::Logs;
use crate::merkle::leaf_hash;
use crate::wakeups::Wakeups;

/// How long a caller waits for a database that went away.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause between tries while the database is away.
const RETRY: Duration = Duration::from_millis(50);
/// Conflicts in a row after which a lane queues behind the other writers by lock.
const PATIENT_AFTER: u32 = 2;
/// Batches written under the lock before trying without.
const LOCKED_BATCHES: u32 = 64;

/// One caller.
pub(crate) struct Job {
    pub append: Append,
    pub answer: oneshot::Sender<Result<Appended, AppendError>>,
}

/// A lane's state; `run` consumes it.
pub(crate) struct Lane {
    pool: PgPool,
    logs: Arc<Logs>,
    clock: Arc<dyn Clock>,
    wakeups: Wakeups,
    cache: Cache,
    /// Held from batch to batch: taking one from the pool asks the server whether it is alive, a round trip each.
    connection: Option<PoolConnection<Postgres>>,
    conflicts: u32,
    locked: u32,
}

/// Looks that find nobody, in a row, before a batch smaller than the last one goes without those who are missing.
const FRUITLESS_LOOKS: u32 = 16;

/// Puts batches together. A caller that did not fit into one begins the next.
#[derive(Default)]
struct Gathering {
    held: Option<Job>,
    /// Callers of the last batch.
    last: usize,
}

impl Gathering {
    /// What is queued, at most [`MAX_BATCH`] events; `None` when every sender is gone.
    ///
    /// The callers that the last commit answered are about to queue again, all at once: they are let run first, so that
    /// they share one commit instead of the first of them taking one alone. No timer: it ends when a look finds nobody,
    /// or some more of them while fewer are here than the last time.
    async fn next(&mut self, queue: &mut mpsc::Receiver<Job>) -> Option<Vec<Job>> {
        let first = match self.held.take() {
            Some(job) => job,
            None => queue.recv().await?,
        };
        let mut events = first.append.event_count();
        let mut batch = vec![first];
        let mut fruitless = 0;
        while fruitless == 0 || batch.len() < self.last && fruitless < FRUITLESS_LOOKS {
            fruitless += 1;
            tokio::task::yield_now().await;
            while let Ok(job) = queue.try_recv() {
                fruitless = 0;
                events += job.append.event_count();
                if events > MAX_BATCH || batch.len() >= MAX_BATCH {
                    self.held = Some(job);
                    self.last = batch.len();
                    return Some(batch);
                }
                batch.push(job);
            }
        }
        self.last = batch.len();
        Some(batch)
    }
}

/// What became of a try to write.
enum Tried {
    Written,
    /// Another writer was faster, or a command was repeated: learn, and plan again.
    Conflict,
    /// The connection was lost: the write may or may not have happened.
    Unknown(String),
    /// The database refused the statement: nothing was written, and trying again would not help.
    Refused(String),
}

impl Lane {
    pub fn new(pool: PgPool, logs: Arc<Logs>, clock: Arc<dyn Clock>, wakeups: Wakeups) -> Self {
        Self { pool, logs, clock, wakeups, cache: Cache::new(), connection: None, conflicts: 0, locked: 0 }
    }

    /// Runs until every sender is gone; what was queued by then is written.
    pub async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut gathering = Gathering::default();
        while let Some(batch) = gathering.next(&mut queue).await {
            self.carry_out(batch).await;
        }
    }

    /// Writes a batch, through conflicts and lost connections, until every caller is answered.
    async fn carry_out(&mut self, mut batch: Vec<Job>) {
        let deadline = Instant::now() + PATIENCE;
        let mut doubtful = false;
        while !batch.is_empty() {
            match self.attempt(&mut batch, doubtful).await {
                Ok(Tried::Written) => {}
                Ok(Tried::Conflict) => doubtful = true,
                Ok(Tried::Unknown(error)) => {
                    tracing::warn!(%error, "the database was lost while writing; the outcome will be looked up");
                    self.forget(&batch);
                    doubtful = true;
                    if Instant::now() > deadline {
                        answer_all(batch, || AppendError::OutcomeUnknown);
                        return;
                    }
                    tokio::time::sleep(RETRY).await;
                }
                Ok(Tried::Refused(error)) => {
                    tracing::error!(%error, "the database refuses to append");
                    self.forget(&batch);
                    answer_all(batch, || AppendError::Unavailable(error.clone()));
                    return;
                }
                // This program may not sign for the log: no waiting helps.
                Err(error @ sqlx::Error::Configuration(_)) => {
                    tracing::error!(%error, "the log cannot be appended to");
                    self.forget(&batch);
                    let error = error.to_string();
                    let refused = || {
                        if doubtful { AppendError::OutcomeUnknown } else { AppendError::Unavailable(error.clone()) }
                    };
                    answer_all(batch, refused);
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "the database does not answer");
                    self.forget(&batch);
                    if Instant::now() > deadline {
                        let error = error.to_string();
                        let gone = || {
                            if doubtful { AppendError::OutcomeUnknown } else { AppendError::Unavailable(error.clone()) }
                        };
                        answer_all(batch, gone);
                        return;
                    }
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// One try. Callers that are answered leave the batch. An error here means that nothing of this try was sent.
    async fn attempt(&mut self, batch: &mut Vec<Job>, doubtful: bool) -> Result<Tried, sqlx::Error> {
        // The lock only spares retries between busy servers; what keeps the log right is the compare-and-swap.
        let mut guard = None;
        if self.locked > 0 {
            self.locked -= 1;
            guard = Some(lock(&self.pool, batch).await?);
        }
        if doubtful || guard.is_some() {
            self.catch_up(batch).await?;
        }
        if doubtful {
            self.forget_heads(batch);
            self.answer_repeated(batch).await?;
        }
        self.learn(batch, doubtful).await?;
        let appends: Vec<&Append> = batch.iter().map(|job| &job.append).collect();
        let mut plan = plan::plan(&appends, &mut self.cache, self.clock.now());
        if plan.turns_away() && !doubtful && guard.is_none() {
            // A caller may know of what another process wrote and this cache does not: nobody is turned away unseen.
            self.catch_up(batch).await?;
            plan = plan::plan(&appends, &mut self.cache, self.clock.now());
        }
        plan.sign(&mut self.cache);
        let tried = match (plan.is_empty(), guard) {
            (true, _) => Tried::Written,
            (false, None) => write(&plan, &self.pool, &mut self.connection).await?,
            (false, Some(mut transaction)) => match outcome(write::write(&plan, &mut *transaction).await) {
                Tried::Written => outcome(transaction.commit().await),
                failed => failed,
            },
        };
        match tried {
            Tried::Written => {
                self.conflicts = 0;
                let answers = self.settle(plan);
                batch.drain(..).zip(answers).for_each(|(job, answer)| drop(job.answer.send(answer)));
            }
            Tried::Conflict => {
                self.conflicts += 1;
                if self.conflicts > PATIENT_AFTER {
                    self.locked = LOCKED_BATCHES;
                }
            }
            Tried::Unknown(_) | Tried::Refused(_) => {}
        }
        Ok(tried)
    }

    /// Remembers what a written plan changed, wakes the readers, and makes the answers.
    fn settle(&mut self, mut plan: Plan<'_>) -> Vec<Result<Appended, AppendError>> {
        let answers = std::mem::take(&mut plan.answers);
        let answers = answers.into_iter().map(|answer| {
            answer.map(|answer| {
                let (events, repeated) = plan.placed(answer);
                Appended { events, repeated }
            })
        });
        let answers = answers.collect();
        for row in &plan.checkpoints {
            self.wakeups.grown(row.clinic, row.size);
        }
        self.cache.take(std::mem::take(&mut plan.logs), std::mem::take(&mut plan.heads));
        answers
    }

    /// Brings into the cache what planning needs: each clinic's log, and the stream heads nobody told us.
    async fn learn(&mut self, batch: &[Job], doubtful: bool) -> Result<(), sqlx::Error> {
        let clinics: HashSet<Uuid> = batch.iter().map(|job| job.append.clinic).collect();
        for clinic in clinics {
            if self.cache.log(clinic).is_none() {
                let signer = self.logs.signer(clinic).await?;
                let log = write::log(&self.pool, clinic, signer).await?;
                self.cache.read_log(clinic, log);
            }
        }
        let mut unknown: HashSet<StreamKey> = HashSet::new();
        for job in batch {
            let clinic = job.append.clinic;
            let guards = job.append.guards.iter().map(|guard| (&guard.stream, true));
            let parts =
                job.append.streams.iter().map(|part| {
                    (&part.stream, doubtful || matches!(part.expected, Expected::Any | Expected::Exact(_)))
                });
            for (stream, needed) in guards.chain(parts) {
                let key = (clinic, stream.clone());
                if needed && self.cache.head(&key).is_none() {
                    unknown.insert(key);
                }
            }
        }
        if unknown.is_empty() {
            return Ok(());
        }
        let keys: Vec<StreamKey> = unknown.into_iter().collect();
        for (key, head) in write::heads(&self.pool, &keys).await? {
            self.cache.put_head(key, head);
        }
        Ok(())
    }

    /// Reads what other processes appended since the cached sizes.
    async fn catch_up(&mut self, batch: &[Job]) -> Result<(), sqlx::Error> {
        let clinics: HashSet<Uuid> = batch.iter().map(|job| job.append.clinic).collect();
        for clinic in clinics {
            while let Some(log) = self.cache.log(clinic) {
                let from = log.tree.size();
                let mut log: Log = log.clone();
                let events = write::since(&self.pool, clinic, from, MAX_BATCH as i64).await?;
                let Some(last) = events.last() else { break };
                if events.iter().any(|event| crate::epochs::recovered(event).is_some()) {
                    // From there on it is signed under another name, which is read anew with the log.
                    self.logs.forget(clinic);
                    self.cache.forget_logs([clinic].into_iter());
                    break;
                }
                log.last_time = Some(last.recorded_at);
                for event in &events {
                    let tag = crate::format::stream_tag(clinic, &event.stream);
                    // Their tiles were written by whoever wrote the events.
                    log.tree.push(leaf_hash(&crate::format::entry(&tag, event.sequence, &event.hash)), &mut Vec::new());
                    self.cache.put_head(
                        (clinic, event.stream.clone()),
                        super::cache::Head { sequence: event.sequence, hash: event.hash },
                    );
                }
                self.wakeups.seen(clinic, log.tree.size());
                self.cache.grow_log(clinic, log);
            }
        }
        Ok(())
    }

    /// Answers the callers whose command was carried out before: by us, in a write whose outcome we did not learn, or by
    /// anyone, at any time.
    async fn answer_repeated(&mut self, batch: &mut Vec<Job>) -> Result<(), sqlx::Error> {
        let keys: Vec<_> = batch.iter().map(|job| (job.append.clinic, job.append.command)).collect();
        let found = write::commands(&self.pool, &keys).await?;
        for job in std::mem::take(batch) {
            match found.get(&(job.append.clinic, job.append.command.id)) {
                None => batch.push(job),
                Some((hash, events)) if *hash == job.append.command.request_hash => {
                    drop(job.answer.send(Ok(Appended { events: events.clone(), repeated: true })));
                }
                Some(_) => drop(job.answer.send(Err(AppendError::CommandReused))),
            }
        }
        Ok(())
    }

    fn forget(&mut self, batch: &[Job]) {
        self.cache.forget_logs(batch.iter().map(|job| job.append.clinic));
        self.forget_heads(batch);
    }

    /// The conflict may be on a stream whose head we only believed: what a caller told us, or that it does not exist.
    fn forget_heads(&mut self, batch: &[Job]) {
        for job in batch {
            job.append
                .streams
                .iter()
                .for_each(|part| self.cache.forget_head(&(job.append.clinic, part.stream.clone())));
        }
    }
}

/// Takes a lock per clinic of the batch, in order, until the end of the transaction.
async fn lock(pool: &PgPool, batch: &[Job]) -> Result<sqlx::Transaction<'static, sqlx::Postgres>, sqlx::Error> {
    let mut clinics: Vec<Uuid> = batch.iter().map(|job| job.append.clinic).collect();
    clinics.sort();
    clinics.dedup();
    let mut transaction = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('daybook/' || id::text, 0)) FROM UNNEST($1::uuid[]) WITH ORDINALITY AS clinic (id, place) ORDER BY place")
        .bind(clinics)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// Writes on the lane's own connection. One that may be broken is given up.
async fn write(
    plan: &Plan<'_>,
    pool: &PgPool,
    held: &mut Option<PoolConnection<Postgres>>,
) -> Result<Tried, sqlx::Error> {
    let mut connection = match held.take() {
        Some(connection) => connection,
        None => pool.acquire().await?,
    };
    let tried = outcome(write::write(plan, &mut *connection).await);
    match tried {
        Tried::Unknown(_) => drop(connection.detach()),
        _ => *held = Some(connection),
    }
    Ok(tried)
}

/// A conflict is a unique violation, or a deadlock or serialization failure that the database resolved against us: in
/// all of them nothing was written, as when the statement is at fault (SQLSTATE classes 22, 23 and 42). Anything else
/// leaves the outcome open.
fn outcome(result: Result<(), sqlx::Error>) -> Tried {
    let error = match result {
        Ok(()) => return Tried::Written,
        Err(error) => error,
    };
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
    match &code[..] {
        "23505" | "40P01" | "40001" => Tried::Conflict,
        code if ["22", "23", "42"].iter().any(|class| code.starts_with(class)) => Tried::Refused(error.to_string()),
        _ => Tried::Unknown(error.to_string()),
    }
}

fn answer_all(batch: Vec<Job>, error: impl Fn() -> AppendError) {
    batch.into_iter().for_each(|job| drop(job.answer.send(Err(error()))));
}
