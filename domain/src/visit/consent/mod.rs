//! Consent, of each kind its own: asked of the patient, or of a proxy for them, given, declined, taken
//! back.

mod answers;
mod by_proxy;
mod command;
mod consents;
mod event;
mod recording;
mod standing;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use consents::{ConsentState, Consents};
pub use event::*;
pub use recording::{Heard, RecordingAnswer, RecordingAnswers};
pub use terms::*;
