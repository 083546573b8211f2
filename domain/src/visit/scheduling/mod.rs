//! Setting a visit up, moving it, handing it over, calling it off, and recording that the patient never came.

mod booking;
mod command;
mod cover;
mod event;
mod no_show;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use terms::*;

pub(in crate::visit) use booking::{require_hours, require_plausible};
