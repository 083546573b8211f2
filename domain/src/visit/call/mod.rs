//! The call: the gate the patient is admitted through, and who is seen on it.

mod admission;
mod call_time;
mod command;
mod event;
mod observation;
mod presence;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use call_time::CallTime;
pub use command::*;
pub use event::*;
pub use presence::{Presence, PresenceState};
pub use terms::*;
