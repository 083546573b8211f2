//! What happens in a visit: commands, events and rules. Pure: no I/O, no clock, no randomness.

pub mod catalogue;
mod ids;
pub mod phi;
mod sensitivity;

pub use catalogue::{Catalogue, DecodeError, EventKind};
pub use ids::*;
pub use phi::Phi;
pub use sensitivity::{Class, Subject};

/// What the ledger asks of an aggregate's state beyond cqrs-es: whom its next event concerns.
pub trait Concerns {
    /// Stored stream type, `[a-z0-9-]{1,64}`.
    const STREAM_TYPE: &'static str;
    /// The patient and class whose key seals this event; `None` for an event about no patient.
    /// Asked after the event was applied, so a stream's first event may answer for itself.
    type Event: Catalogue;
    fn concerns(&self, event: &Self::Event) -> Option<Subject>;
}
