//! The waiting room: a late, a ready and an absent provider, holding and returning, leaving without being seen; messages,
//! what the patient is told of how long it takes, and where the time went.

mod command;
mod delay;
mod estimate;
mod event;
mod hold;
mod leaving;
mod message;
mod messages;
mod provider_no_show;
mod ready;
mod terms;
mod time_spent;
mod withdrawing;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use estimate::{LEAST_MEASURED, Told};
pub use event::*;
pub use message::CHAT_HOURS;
pub use messages::{Message, Messages};
pub use ready::Readiness;
pub use terms::*;
pub use time_spent::{Account, TimePart, TimeSpent};
