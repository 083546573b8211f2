//! Safety: whom to call and how to call back, and emergencies, which override the gate of admission on the record.

mod command;
mod contacts;
mod emergencies;
mod emergency;
mod event;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use contacts::Contacts;
pub use emergencies::{Emergencies, Emergency};
pub use event::*;
pub use terms::*;
