//! From the door to the waiting room: arriving, being identified, saying where one is, checking in; being roomed by
//! clinical staff; and being seen by the provider.

mod check_in;
mod command;
mod confirmation;
mod event;
mod identity;
mod location;
mod rooming;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use confirmation::IdentityConfirmation;
pub use event::*;
pub use terms::*;
