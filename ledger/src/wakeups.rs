//! Telling readers that a log has grown: at once within the process, by NOTIFY to the others, and by a poll as a net.
//! A wake-up is only a hint. What a reader sees it always reads from the log, so a lost one costs time and nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// How long readers sleep at most before they look for themselves.
pub(crate) const POLL: Duration = Duration::from_millis(250);
const CHANNEL: &str = "daybook_log";
/// Growth announced by one NOTIFY. Each takes a lock of the whole cluster at commit, so they are few.
const DEBOUNCE: Duration = Duration::from_millis(5);

/// Sizes of the logs as far as this process has heard.
#[derive(Clone)]
pub(crate) struct Wakeups {
    sizes: Arc<Mutex<HashMap<Uuid, watch::Sender<u64>>>>,
    all: watch::Sender<u64>,
    announce: mpsc::UnboundedSender<(Uuid, u64)>,
}

impl Wakeups {
    /// Starts announcing to and listening for other processes; both end when the last handle is dropped.
    pub fn start(pool: PgPool) -> Self {
        let (announce, announced) = mpsc::unbounded_channel();
        let wakeups = Self { sizes: Arc::default(), all: watch::Sender::new(0), announce };
        tokio::spawn(notify(pool.clone(), announced));
        let sizes = Arc::downgrade(&wakeups.sizes);
        let all = wakeups.all.clone();
        tokio::spawn(listen(pool, move |clinic, size| match sizes.upgrade() {
            Some(sizes) => {
                raise(&sizes, &all, clinic, size);
                true
            }
            None => false,
        }));
        wakeups
    }

    /// This process has written.
    pub fn grown(&self, clinic: Uuid, size: u64) {
        self.seen(clinic, size);
        // The receiver lives as long as this sender; a failed announcement costs the others one poll.
        let _ = self.announce.send((clinic, size));
    }

    /// This process has learnt of growth.
    pub fn seen(&self, clinic: Uuid, size: u64) {
        raise(&self.sizes, &self.all, clinic, size);
    }

    /// Wakes when the clinic's log grows. Take it before looking, so that nothing falls between.
    pub fn of(&self, clinic: Uuid) -> watch::Receiver<u64> {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.entry(clinic).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Wakes when any log grows.
    pub fn of_all(&self) -> watch::Receiver<u64> {
        self.all.subscribe()
    }
}

fn raise(sizes: &Mutex<HashMap<Uuid, watch::Sender<u64>>>, all: &watch::Sender<u64>, clinic: Uuid, size: u64) {
    let sizes = sizes.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sender) = sizes.get(&clinic) {
        sender.send_if_modified(|known| {
            let newer = size > *known;
            *known = size.max(*known);
            newer
        });
    }
    all.send_modify(|count| *count += 1);
}

async fn notify(pool: PgPool, mut announced: mpsc::UnboundedReceiver<(Uuid, u64)>) {
    while let Some((clinic, size)) = announced.recv().await {
        let mut sizes = HashMap::from([(clinic, size)]);
        tokio::time::sleep(DEBOUNCE).await;
        while let Ok((clinic, size)) = announced.try_recv() {
            sizes.insert(clinic, size);
        }
        let texts: Vec<String> = sizes.iter().map(|(clinic, size)| format!("{clinic} {size}")).collect();
        // A NOTIFY commits like a write does. As a hint it need not be on disk: a flush of its own would stand before the
        // next append's.
        let sent = sqlx::query(
            "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, text) FROM UNNEST($2::text[]) AS text",
        )
        .bind(CHANNEL)
        .bind(texts)
        .execute(&pool)
        .await;
        if let Err(error) = sent {
            tracing::debug!(%error, "could not announce growth; other servers will see it by polling");
        }
    }
}

async fn listen(pool: PgPool, heard: impl Fn(Uuid, u64) -> bool) {
    loop {
        let listener = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        if let Ok(mut listener) = listener.await {
            while let Ok(notification) = listener.recv().await {
                let parsed = notification
                    .payload()
                    .split_once(' ')
                    .and_then(|(clinic, size)| Some((clinic.parse().ok()?, size.parse().ok()?)));
                if let Some((clinic, size)) = parsed
                    && !heard(clinic, size)
                {
                    return;
                }
            }
        }
        if pool.is_closed() {
            return;
        }
        tokio::time::sleep(POLL).await;
    }
}
