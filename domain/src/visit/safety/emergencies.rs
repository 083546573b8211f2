//! The emergencies of a visit: each open, then closed.

use serde::{Deserialize, Serialize};

use crate::EmergencyId;

/// One emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergency {
    /// The emergency.
    pub emergency_id: EmergencyId,
    /// Whether it is over.
    pub closed: bool,
}

/// Every emergency of a visit, in the order in which they were declared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emergencies(Vec<Emergency>);

impl Emergencies {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Emergency> {
        self.0.iter()
    }

    /// This one.
    pub fn get(&self, id: EmergencyId) -> Option<&Emergency> {
        self.0.iter().find(|emergency| emergency.emergency_id == id)
    }

    /// The first that is still open.
    pub fn open(&self) -> Option<EmergencyId> {
        self.0.iter().find(|emergency| !emergency.closed).map(|emergency| emergency.emergency_id)
    }

    pub(in crate::visit) fn declare(&mut self, emergency_id: EmergencyId) {
        if self.get(emergency_id).is_none() {
            self.0.push(Emergency { emergency_id, closed: false });
        }
    }

    pub(in crate::visit) fn close(&mut self, id: EmergencyId) {
        let these = self.0.iter_mut().filter(|emergency| emergency.emergency_id == id);
        these.for_each(|emergency| emergency.closed = true);
    }
}
