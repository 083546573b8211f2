//! Loading streams for commands: loads that arrive while a query is under way share the next one. There is no wait
//! timer; under no load a load is a query of its own.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::event::Recorded;
use crate::format::Stream;
use crate::read;

/// Streams loaded by one query, at most.
const MAX_STREAMS: usize = 128;

type Key = (Uuid, Stream);
type Loaded = Result<Arc<Vec<Recorded>>, Arc<sqlx::Error>>;

struct Job {
    key: Key,
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

    /// All events of one stream. Callers are bounded by the server's connections, so the queue needs no bound of its own.
    pub async fn load(&self, clinic: Uuid, stream: Stream) -> Loaded {
        let worker = &self.workers[(stream.id.as_u128() % self.workers.len() as u128) as usize];
        let (answer, answered) = oneshot::channel();
        let gone = || Arc::new(sqlx::Error::WorkerCrashed);
        worker.send(Job { key: (clinic, stream), answer }).map_err(|_| gone())?;
        answered.await.unwrap_or_else(|_| Err(gone()))
    }
}

async fn run(pool: PgPool, mut queue: mpsc::UnboundedReceiver<Job>) {
    while let Some(first) = queue.recv().await {
        let mut waiting: HashMap<Key, Vec<oneshot::Sender<Loaded>>> = HashMap::new();
        waiting.entry(first.key).or_default().push(first.answer);
        while waiting.len() < MAX_STREAMS
            && let Ok(job) = queue.try_recv()
        {
            waiting.entry(job.key).or_default().push(job.answer);
        }
        let keys: Vec<Key> = waiting.keys().cloned().collect();
        match read::streams(&pool, &keys).await {
            Ok(events) => {
                let mut found: HashMap<Key, Vec<Recorded>> = HashMap::new();
                for event in events {
                    found.entry((event.clinic, event.stream.clone())).or_default().push(event);
                }
                for (key, answers) in waiting {
                    let events = Arc::new(found.remove(&key).unwrap_or_default());
                    answers.into_iter().for_each(|answer| drop(answer.send(Ok(events.clone()))));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                waiting.into_values().flatten().for_each(|answer| drop(answer.send(Err(error.clone()))));
            }
        }
    }
}
