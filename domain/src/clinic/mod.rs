//! A clinic: the tenant, and the owner of one log.

mod aggregate;
mod command;
mod event;
mod rules;
mod state;

pub use command::{Command, NewClinic, Register, ReviewRule, SetLateArrivalPolicy};
pub use event::{ClinicRegistered, Event, LateArrivalPolicySet, ReminderPolicySet, RuleReviewed};
pub use rules::Error;
pub use state::Clinic;
