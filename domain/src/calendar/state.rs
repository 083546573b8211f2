//! What a calendar's stream adds up to.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::VisitId;

/// A time that is taken: from its start up to, and not including, its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its start.
    pub starts_at: DateTime<Utc>,
    /// Its end.
    pub ends_at: DateTime<Utc>,
}

impl Slot {
    /// The time a visit takes.
    pub fn new(starts_at: DateTime<Utc>, duration_minutes: u16) -> Self {
        let length = Duration::minutes(duration_minutes.into());
        Self { starts_at, ends_at: starts_at.checked_add_signed(length).unwrap_or(starts_at) }
    }

    /// Whether some moment lies in both. Where one ends the next may start.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }
}

/// What is booked of a provider on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    slots: BTreeMap<VisitId, Slot>,
}

impl Calendar {
    /// The visits that are booked, each with its time.
    pub fn slots(&self) -> &BTreeMap<VisitId, Slot> {
        &self.slots
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::SlotBooked(booked) => {
                self.slots.insert(booked.visit_id, Slot::new(booked.starts_at, booked.duration_minutes));
            }
            Event::SlotFreed(freed) => {
                self.slots.remove(&freed.visit_id);
            }
        }
    }
}
