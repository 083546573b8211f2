//! The waiting room: a late provider, holding and returning, leaving without being seen.

mod command;
mod delay;
mod event;
mod hold;
mod leaving;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use terms::*;
