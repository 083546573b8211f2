//! What a provider's stream adds up to.

use serde::{Deserialize, Serialize};

use super::{Availability, Event, Licence, record};
use crate::ProviderId;

/// A provider's record as far as rules need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    id: Option<ProviderId>,
    licences: Vec<Licence>,
    availability: Availability,
}

impl Provider {
    /// The provider's id, once registered.
    pub fn id(&self) -> Option<ProviderId> {
        self.id
    }

    /// Whether the stream has a provider at all.
    pub fn is_registered(&self) -> bool {
        self.id.is_some()
    }

    /// Every licence recorded, valid today or not: what an admission is decided on.
    pub fn licences(&self) -> &[Licence] {
        &self.licences
    }

    /// When the provider works, as far as anybody said.
    pub fn availability(&self) -> &Availability {
        &self.availability
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::ProviderRegistered(registered) => self.id = Some(registered.provider_id),
            Event::AvailabilitySet(set) => self.availability.set(set.from, &set.weekly),
            _ => record(&mut self.licences, event),
        }
    }
}
