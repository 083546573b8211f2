//! The end of a visit and how it came out.

mod command;
mod ending;
mod event;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use terms::*;
