//! Breaking the glass: somebody who treats, and has nothing to do with this patient, sees the record in an emergency, for a
//! reason, for a time, and under a review that another person closes.

mod breaking;
mod command;
mod event;
#[cfg(test)]
pub mod example;
mod reviewing;
mod terms;

pub use command::{BreakGlass, NewGlass, ReviewGlass};
pub use event::{GlassBroken, GlassReviewed};
pub use terms::{BrokenGlass, GlassFinding, GlassReason};
