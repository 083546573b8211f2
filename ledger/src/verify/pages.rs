//! Reading and hashing, on all cores; what follows in order needs only [`Checked`].

use chrono::{DateTime, Utc};
use daybook_domain::safekeeping::LedgerRecovered;
use futures::{Stream, StreamExt, stream};
use sqlx::PgPool;
use tokio::task::JoinError;
use uuid::Uuid;

use crate::epochs;
use crate::erased::Sealed;
use crate::event::Recorded;
use crate::format::{Hash, entry, stream_tag};
use crate::merkle::leaf_hash;
use crate::read;

/// Positions read and hashed by one task.
const PAGE: u64 = 4_096;

/// The events of these positions, page by page in order, read and hashed on all cores. Two pages a core are under way, so
/// that neither the database nor the hashing waits.
pub(super) fn pages<T: Send + 'static>(
    pool: &PgPool,
    clinic: Uuid,
    positions: std::ops::Range<u64>,
    each: impl Fn(&Recorded) -> T + Clone + Send + Sync + 'static,
) -> impl Stream<Item = Result<(u64, Result<Vec<Checked>, sqlx::Error>), JoinError>> {
    let (pool, end) = (pool.clone(), positions.end);
    let pages = stream::iter(positions.step_by(PAGE as usize).map(move |from| {
        let (pool, each) = (pool.clone(), each.clone());
        tokio::spawn(async move {
            let read = read::range(&pool, clinic, from, PAGE.min(end - from)).await;
            let checked = read.map(|events| {
                events.iter().for_each(|event| drop(each(event)));
                events.iter().map(Checked::of).collect::<Vec<_>>()
            });
            (from, checked)
        })
    }));
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    pages.buffered(cores * 2)
}

/// What the pass in order needs of an event; its bytes were checked where it was read.
pub(super) struct Checked {
    pub position: u64,
    pub tag: Hash,
    pub sequence: u64,
    pub prev_hash: Hash,
    pub hash: Hash,
    pub sound: bool,
    pub recorded_at: DateTime<Utc>,
    pub name: String,
    pub leaf: Hash,
    pub sealed: Sealed,
    pub recovered: Option<Box<LedgerRecovered>>,
}

impl Checked {
    fn of(event: &Recorded) -> Self {
        let tag = stream_tag(event.clinic, &event.stream);
        let sound = event.computed_hash() == event.hash;
        Self {
            position: event.position,
            tag,
            sequence: event.sequence,
            prev_hash: event.prev_hash,
            hash: event.hash,
            sound,
            recorded_at: event.recorded_at,
            name: format!("{} {} {}", event.stream, event.sequence, event.event_type),
            leaf: leaf_hash(&entry(&tag, event.sequence, &event.hash)),
            sealed: Sealed::of(event),
            recovered: epochs::recovered(event).map(Box::new),
        }
    }
}
