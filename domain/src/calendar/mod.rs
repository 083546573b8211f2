//! A provider's calendar: what is booked on one day. Each day has a stream of its own, so that streams stay short and
//! bookings of different days never wait for each other. Two visits never share a provider's time unless somebody of the
//! staff says so, and why; a time that somebody is booking is kept for them for some minutes.

mod aggregate;
mod booking;
mod command;
mod day;
mod event;
mod rules;
mod state;

#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod properties;

pub use booking::Booking;
pub use command::{Book, Command, Free, Hold};
pub use day::{days, id};
pub use event::{Event, OverbookReason, SlotBooked, SlotFreed, SlotHeld};
pub use rules::Error;
pub use state::{Calendar, Slot};
