//! Consent, of each kind its own: asked of the patient, given, declined, taken back.

mod answers;
mod command;
mod consents;
mod event;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use consents::{ConsentState, Consents};
pub use event::*;
pub use terms::*;
