//! What the patient has, as the provider finds it: a numbered list that orders and charges point into.

mod command;
mod diagnoses;
mod event;
mod pointers;
mod recording;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use diagnoses::{Diagnoses, Diagnosis};
pub use event::*;
pub use terms::*;
