//! What a calendar's stream adds up to.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::{HoldId, VisitId};

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
    holds: BTreeMap<HoldId, Held>,
}

/// A time that is kept for a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    slot: Slot,
    until: DateTime<Utc>,
}

impl Calendar {
    /// The visits that are booked, each with its time.
    pub fn slots(&self) -> &BTreeMap<VisitId, Slot> {
        &self.slots
    }

    /// The times that are kept at this moment, each for whoever holds it.
    pub fn held(&self, at: DateTime<Utc>) -> impl Iterator<Item = (HoldId, Slot)> {
        self.holds.iter().filter(move |(_, held)| at < held.until).map(|(id, held)| (*id, held.slot))
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::SlotHeld(held) => {
                // What has ended is forgotten, so that a day of searching leaves no more than the last minutes of it.
                self.holds.retain(|_, earlier| held.held_from < earlier.until);
                let slot = Slot::new(held.starts_at, held.duration_minutes);
                self.holds.insert(held.hold_id, Held { slot, until: held.held_until });
            }
            Event::SlotBooked(booked) => {
                if let Some(hold) = booked.hold_id {
                    self.holds.remove(&hold);
                }
                self.slots.insert(booked.visit_id, Slot::new(booked.starts_at, booked.duration_minutes));
            }
            Event::SlotFreed(freed) => {
                self.slots.remove(&freed.visit_id);
            }
        }
    }
}
