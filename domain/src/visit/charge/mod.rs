//! Charges: captured after the visit, and the bill that closes it.

mod billing;
mod charges;
mod command;
mod event;

#[cfg(test)]
pub(super) mod example;

pub use charges::{Charge, ChargeState, Charges};
pub use command::*;
pub use event::*;
