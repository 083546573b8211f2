//! The waiting room: a late, a ready and an absent provider, holding and returning, leaving without being seen.

mod command;
mod delay;
mod event;
mod hold;
mod leaving;
mod provider_no_show;
mod ready;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use ready::Readiness;
pub use terms::*;
