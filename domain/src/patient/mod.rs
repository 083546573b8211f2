//! A patient of one clinic: who they are and how to reach them. Everything that says who stands sealed.

mod aggregate;
mod command;
mod event;
#[cfg(test)]
pub mod example;
mod rules;
mod state;

pub use command::{Command, NewPatient, Register};
pub use event::{Event, PatientImported, PatientRegistered};
pub use rules::Error;
pub use state::{Known, Patient};
