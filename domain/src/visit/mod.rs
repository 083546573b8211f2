//! A visit, from `scheduled` to `billed`: its one stream tells the whole story. Small state machines, each its own type,
//! kept apart because mixing them is what breaks such systems: the visit itself ([`State`]), the presence of each
//! participant ([`Presence`]), consents ([`Consents`]), notes ([`Notes`]) and charges ([`Charges`]).

mod admission;
mod aggregate;
mod arrival;
mod closing;
mod command;
mod consent;
mod decide;
mod error;
mod event;
mod note;
mod presence;
mod scheduling;
mod state;
mod terms;
mod waiting;

#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod properties;

pub use closing::{Charge, ChargeState, Charges};
pub use command::*;
pub use consent::{ConsentState, Consents};
pub use error::Error;
pub use event::*;
pub use note::{Note, NoteBody, NoteState, Notes, content_sha256};
pub use presence::{Presence, PresenceState};
pub use state::{Location, State, Visit};
pub use terms::*;
