//! What a lane remembers of the logs it writes: the tree's right edge, the last time, and recent stream heads. A cached
//! head is right only at the cached size: another process may have written since, which the compare-and-swap on the
//! checkpoint finds out. So a log that was forgotten takes all its heads along: what is read anew later may be larger,
//! and nobody told the old heads what lies between.

use std::collections::HashMap;
use std::num::NonZeroUsize;

use chrono::{DateTime, Utc};
use lru::LruCache;
use uuid::Uuid;

use crate::format::{Hash, Stream};
use crate::merkle::Tree;
use crate::note::NoteSigner;

/// Stream heads kept, at most, a lane.
const CACHED_HEADS: usize = 100_000;
/// Logs kept, at most, a lane: a tree edge is up to 16 KiB.
const CACHED_LOGS: usize = 4_096;

/// The end of a stream: its last sequence and hash. Sequence 0: the stream does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub sequence: u64,
    pub hash: Hash,
}

/// One clinic's log as this lane last knew it.
#[derive(Clone)]
pub(super) struct Log {
    /// Which reading of the log this grew from; heads of another reading are not believed.
    reading: u64,
    pub tree: Tree,
    pub last_time: Option<DateTime<Utc>>,
    pub signer: std::sync::Arc<NoteSigner>,
}

impl Log {
    /// A log as just read; the cache gives it its reading.
    pub fn new(tree: Tree, last_time: Option<DateTime<Utc>>, signer: std::sync::Arc<NoteSigner>) -> Self {
        Self { reading: 0, tree, last_time, signer }
    }
}

pub(super) type StreamKey = (Uuid, Stream);

pub(super) struct Cache {
    logs: LruCache<Uuid, Log>,
    heads: LruCache<StreamKey, (u64, Head)>,
    readings: u64,
}

impl Cache {
    pub fn new() -> Self {
        let bound = |n: usize| NonZeroUsize::MIN.saturating_add(n - 1);
        Self { logs: LruCache::new(bound(CACHED_LOGS)), heads: LruCache::new(bound(CACHED_HEADS)), readings: 0 }
    }

    pub fn log(&mut self, clinic: Uuid) -> Option<&Log> {
        self.logs.get(&clinic)
    }

    /// A log that was read from the database.
    pub fn read_log(&mut self, clinic: Uuid, log: Log) {
        self.readings += 1;
        self.logs.put(clinic, Log { reading: self.readings, ..log });
    }

    /// The same log, grown.
    pub fn grow_log(&mut self, clinic: Uuid, log: Log) {
        self.logs.put(clinic, log);
    }

    /// The end of a stream at the cached size of its log.
    pub fn head(&mut self, key: &StreamKey) -> Option<Head> {
        let reading = self.logs.peek(&key.0)?.reading;
        self.heads.get(key).filter(|(of, _)| *of == reading).map(|(_, head)| *head)
    }

    /// Remembers a head at the cached size of its log, or a later one.
    pub fn put_head(&mut self, key: StreamKey, head: Head) {
        if let Some(log) = self.logs.peek(&key.0) {
            self.heads.put(key, (log.reading, head));
        }
    }

    pub fn forget_logs(&mut self, clinics: impl Iterator<Item = Uuid>) {
        clinics.for_each(|clinic| drop(self.logs.pop(&clinic)));
    }

    pub fn forget_head(&mut self, key: &StreamKey) {
        self.heads.pop(key);
    }

    /// Takes over what a written plan changed.
    pub fn take(&mut self, logs: HashMap<Uuid, Log>, heads: HashMap<StreamKey, Head>) {
        logs.into_iter().for_each(|(clinic, log)| self.grow_log(clinic, log));
        heads.into_iter().for_each(|(key, head)| self.put_head(key, head));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_remembered_before_its_log_was_forgotten_is_not_believed_afterwards() {
        let signer = std::sync::Arc::new(NoteSigner::new("daybook.test", &[1; 32]).unwrap());
        let read = || Log::new(Tree::default(), None, signer.clone());
        let (clinic, key) = (Uuid::from_u128(1), (Uuid::from_u128(1), Stream::new("visit", Uuid::from_u128(2))));
        let head = Head { sequence: 3, hash: [3; 32] };
        let mut cache = Cache::new();
        cache.read_log(clinic, read());
        cache.put_head(key.clone(), head);
        assert_eq!(cache.head(&key), Some(head));
        cache.forget_logs([clinic].into_iter());
        assert_eq!(cache.head(&key), None);
        cache.read_log(clinic, read());
        assert_eq!(cache.head(&key), None);
    }
}
