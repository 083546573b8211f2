//! Reminders: which one is due, that it was intended, and what became of it. An intent is a fact before anybody outside is
//! asked to send it, so that none is sent twice for want of memory, and one that was not sent says so.

mod command;
mod due;
mod event;
mod reminders;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use reminders::{Reminder, Reminders};
pub use terms::*;
