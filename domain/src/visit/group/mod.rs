//! A visit's part in a group session. The chart stays the visit's own: the session is one call, shared, and nothing else.

mod command;
mod event;
mod part;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
