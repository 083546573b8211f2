//! A patient of one clinic: who they are and how to reach them. Everything that says who stands sealed.

mod aggregate;
mod command;
mod event;
mod rules;
mod state;

pub use command::{Command, NewPatient, Register};
pub use event::{Event, PatientRegistered};
pub use rules::Error;
pub use state::Patient;
