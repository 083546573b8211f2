//! The waiting room: who is expected, here, waiting, on hold or with the provider, in which order and why. The queue
//! as it was at a position is made of the rows that have not changed since, and of the others folded again from their events.

mod fold;
mod pace;
mod query;
mod queue;

pub(crate) use fold::Room;
pub use pace::Estimate;
pub use query::{WaitingRoom, WaitingRoomChanges};
pub use queue::{ConsentBadge, InterpreterBadge, OrderReason, ParticipantPresence, WaitingRow};
