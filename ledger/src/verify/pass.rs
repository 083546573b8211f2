//! The pass in order: each event follows on the one before it in its stream and in the log, and the tree grows by its leaf.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::epochs::Recovery;
use super::pages::Checked;
use super::report::{Check, Finding};
use crate::erased::Sealing;
use crate::format::Hash;
use crate::merkle::{Tile, Tree};

/// The pass in order.
#[derive(Default)]
pub(super) struct Pass {
    pub clinic: Uuid,
    pub events: u64,
    pub tree: Tree,
    pub filled: Vec<Tile>,
    /// Full tiles of leaves that are stored otherwise than the events have them, as they are stored; the first of them.
    pub stored_otherwise: Vec<Tile>,
    streams: HashMap<Hash, (u64, Hash)>,
    last_time: Option<DateTime<Utc>>,
    pub diverged: bool,
    pub findings: Vec<Finding>,
    pub sealing: Sealing,
    pub recoveries: Vec<Recovery>,
}

impl Pass {
    pub fn of(clinic: Uuid) -> Self {
        Self { clinic, ..Self::default() }
    }

    pub fn find(&mut self, position: u64, check: Check, what: String) {
        self.findings.push(Finding { position, check, what });
    }

    pub fn place(&mut self, event: &Checked) {
        if event.position != self.tree.size() && !self.diverged {
            // From here on every leaf is at another place: one finding says it.
            self.find(self.tree.size(), Check::Position, format!("the next event stored is at {}", event.position));
            self.diverged = true;
        }
    }

    pub fn follow(&mut self, event: Checked) {
        if !event.sound {
            self.find(event.position, Check::EventHash, event.name.clone());
        }
        let (sequence, hash) = self.streams.get(&event.tag).copied().unwrap_or((0, event.tag));
        if event.sequence != sequence + 1 {
            self.find(event.position, Check::Sequence, event.name.clone());
        }
        if event.prev_hash != hash {
            self.find(event.position, Check::Link, event.name.clone());
        }
        if self.last_time.is_some_and(|last| event.recorded_at < last) {
            self.find(event.position, Check::Time, event.name);
        }
        self.last_time = Some(event.recorded_at);
        if let Some(said) = event.recovered {
            let (position, root, recorded_at) = (event.position, self.tree.root(), event.recorded_at);
            self.recoveries.push(Recovery { position, root, recorded_at, said: *said });
        }
        self.sealing.add(event.position, event.sealed);
        self.streams.insert(event.tag, (event.sequence, event.hash));
        self.tree.push(event.leaf, &mut self.filled);
        self.events += 1;
    }
}
