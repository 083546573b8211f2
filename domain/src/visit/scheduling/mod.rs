//! Setting a visit up, calling it off, and recording that the patient never came.

mod booking;
mod command;
mod event;
mod no_show;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use terms::*;
