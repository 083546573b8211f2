//! Loading streams for commands: loads that arrive while a query is under way share the next one. There is no wait
//! timer; under no load a load is a query of its own. Streams asked for together are read by one query, so they are seen
//! as they stood at one moment.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::format::Stream;
use crate::read::{self, Happened};

/// Streams loaded by one query, beyond which no further load joins it.
const MANY_STREAMS: usize = 128;

type Key = (Uuid, Stream);
/// A stream's events; shared by everyone who asked for it.
pub(crate) type History = Arc<Vec<Happened>>;
type Loaded = Result<Vec<History>, Arc<sqlx::Error>>;

struct Job {
    keys: Vec<Key>,
    answer: oneshot::Sender<Loaded>,
}

/// Handle to the loading tasks; they end with it.
#[derive(Clone)]
pub(crate) struct Loader {
    workers: Arc<Vec<mpsc::UnboundedSender<Job>>>,
}

impl Loader {
    /// Starts `workers` tasks, each with one query under way at a time.
    pub fn start(pool: PgPool, workers: usize) -> Self {
        let workers = (0..workers.max(1)).map(|_| {
            let (sender, queue) = mpsc::unbounded_channel();
            tokio::spawn(run(pool.clone(), queue));
            sender
        });
        Self { workers: Arc::new(workers.collect()) }
    }

    /// All events of these streams, in the order asked for; empty where there is no such stream. Callers are bounded by
    /// the server's connections, so the queue needs no bound of its own.
    pub async fn load(&self, clinic: Uuid, streams: Vec<Stream>) -> Loaded {
        let Some(first) = streams.first() else { return Ok(Vec::new()) };
        let worker = &self.workers[(first.id.as_u128() % self.workers.len() as u128) as usize];
        let (answer, answered) = oneshot::channel();
        let gone = || Arc::new(sqlx::Error::WorkerCrashed);
        let keys = streams.into_iter().map(|stream| (clinic, stream)).collect();
        worker.send(Job { keys, answer }).map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

async fn run(pool: PgPool, mut queue: mpsc::UnboundedReceiver<Job>) {
    while let Some(first) = queue.recv().await {
        let mut keys: HashSet<Key> = first.keys.iter().cloned().collect();
        let mut jobs = vec![first];
        while keys.len() < MANY_STREAMS
            && let Ok(job) = queue.try_recv()
        {
            keys.extend(job.keys.iter().cloned());
            jobs.push(job);
        }
        let keys: Vec<Key> = keys.into_iter().collect();
        let found = read::histories(&pool, &keys).await.map(by_stream).map_err(Arc::new);
        for Job { keys, answer } in jobs {
            let histories = |found: &HashMap<Key, History>| {
                keys.iter().map(|key| found.get(key).cloned().unwrap_or_default()).collect()
            };
            // Whoever asked may have gone away.
            let _ = answer.send(found.as_ref().map(histories).map_err(Arc::clone));
        }
    }
}

fn by_stream(events: Vec<(Key, Happened)>) -> HashMap<Key, History> {
    let mut found: HashMap<Key, Vec<Happened>> = HashMap::new();
    for (key, event) in events {
        found.entry(key).or_default().push(event);
    }
    found.into_iter().map(|(key, events)| (key, Arc::new(events))).collect()
}
