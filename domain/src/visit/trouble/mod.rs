//! When the straight way does not work: attempts to reach the patient, another modality, technology that failed.

mod command;
mod contact;
mod event;
mod failure;
mod modality;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use modality::ModalityChange;
pub use terms::*;
