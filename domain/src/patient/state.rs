//! What a patient's stream adds up to. Holds no PHI.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::PatientId;

/// A patient's record as far as the rules need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    id: Option<PatientId>,
}

impl Patient {
    /// The patient's id, once registered.
    pub fn id(&self) -> Option<PatientId> {
        self.id
    }

    /// Whether the stream has a patient at all.
    pub fn is_registered(&self) -> bool {
        self.id.is_some()
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::PatientRegistered(registered) => self.id = Some(registered.patient_id),
        }
    }
}
