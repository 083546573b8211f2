//! Who is late, or did not come at all: what the system proposes, and a late arrival as a person records it. The system
//! writes nothing: a proposal is computed from what the stream tells, by the very rules the commands go by.

mod command;
mod event;
mod late_arrival;
mod proposals;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use late_arrival::LateArrival;
pub use proposals::{LatenessRules, Proposal};
pub use terms::*;
