//! What a lane remembers of the logs it writes: the tree's right edge, the last time, and recent stream heads. A cached
//! head is right only at the cached size: another process may have written since, which the compare-and-swap on the
//! checkpoint finds out.

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
    pub tree: Tree,
    pub last_time: Option<DateTime<Utc>>,
    pub signer: std::sync::Arc<NoteSigner>,
}

pub(super) type StreamKey = (Uuid, Stream);

pub(super) struct Cache {
    logs: LruCache<Uuid, Log>,
    heads: LruCache<StreamKey, Head>,
}

impl Cache {
    pub fn new() -> Self {
        let bound = |n: usize| NonZeroUsize::MIN.saturating_add(n - 1);
        Self { logs: LruCache::new(bound(CACHED_LOGS)), heads: LruCache::new(bound(CACHED_HEADS)) }
    }

    pub fn log(&mut self, clinic: Uuid) -> Option<&Log> {
        self.logs.get(&clinic)
    }

    pub fn put_log(&mut self, clinic: Uuid, log: Log) {
        self.logs.put(clinic, log);
    }

    pub fn head(&mut self, key: &StreamKey) -> Option<Head> {
        self.heads.get(key).copied()
    }

    pub fn put_head(&mut self, key: StreamKey, head: Head) {
        self.heads.put(key, head);
    }

    pub fn forget_logs(&mut self, clinics: impl Iterator<Item = Uuid>) {
        clinics.for_each(|clinic| drop(self.logs.pop(&clinic)));
    }

    pub fn forget_head(&mut self, key: &StreamKey) {
        self.heads.pop(key);
    }

    /// Takes over what a written plan changed.
    pub fn take(&mut self, logs: HashMap<Uuid, Log>, heads: HashMap<StreamKey, Head>) {
        heads.into_iter().for_each(|(key, head)| self.put_head(key, head));
        logs.into_iter().for_each(|(clinic, log)| self.put_log(clinic, log));
    }
}
