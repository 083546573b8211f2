//! A clinic: the tenant, and the owner of one log.

mod aggregate;
mod command;
mod event;
mod rules;
mod staff_naming;
mod state;

pub use command::{Command, NewClinic, Register, ReviewRule, SetLateArrivalPolicy, SetStaffNaming};
pub use event::{ClinicRegistered, Event, LateArrivalPolicySet, ReminderPolicySet, RuleReviewed, StaffNamingSet};
pub use rules::Error;
pub use staff_naming::StaffNaming;
pub use state::Clinic;
