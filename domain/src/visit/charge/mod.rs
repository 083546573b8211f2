//! Charges: the minutes they may need, captured after the visit, corrected and voided, and what closes the visit: the bill,
//! or that nothing is charged.

mod billing;
mod capture;
mod changing;
mod charges;
mod command;
mod event;
mod minutes;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use charges::{Charge, ChargeState, Charges};
pub use command::*;
pub use event::*;
pub use terms::*;
