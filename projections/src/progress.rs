//! What this process knows of how far its read models have come, and who waits for more. Only hints: a waiter always
//! looks at the stored checkpoint, so a lost one costs time and nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

/// Shared by a projector and the views of the same process.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<Mutex<HashMap<Uuid, Clinic>>>);

struct Clinic {
    moved: watch::Sender<u64>,
    room: watch::Sender<u64>,
}

impl Default for Clinic {
    fn default() -> Self {
        Self { moved: watch::Sender::new(0), room: watch::Sender::new(0) }
    }
}

impl Progress {
    fn of<T>(&self, clinic: Uuid, then: impl FnOnce(&Clinic) -> T) -> T {
        let mut clinics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        then(clinics.entry(clinic).or_default())
    }

    /// Some checkpoint of the clinic moved.
    pub fn moved(&self, clinic: Uuid) {
        self.of(clinic, |clinic| clinic.moved.send_modify(|count| *count += 1));
    }

    /// The waiting room is another than before; `position` is that of the newest event in it.
    pub fn room_changed(&self, clinic: Uuid, position: u64) {
        self.of(clinic, |clinic| clinic.room.send_modify(|known| *known = position.max(*known)));
    }

    pub fn watch_moves(&self, clinic: Uuid) -> watch::Receiver<u64> {
        self.of(clinic, |clinic| clinic.moved.subscribe())
    }

    pub fn watch_room(&self, clinic: Uuid) -> watch::Receiver<u64> {
        self.of(clinic, |clinic| clinic.room.subscribe())
    }
}
