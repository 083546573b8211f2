//! The waiting room: who is expected, here, waiting, on hold or with the provider, in which order and why. Past states of
//! its rows are kept, so that the queue as it was at any position is the same query as the queue now.

mod fold;
mod pace;
mod query;
mod queue;

pub(crate) use fold::Room;
pub use pace::Estimate;
pub use query::{WaitingRoom, WaitingRoomChanges};
pub use queue::{ConsentBadge, InterpreterBadge, OrderReason, ParticipantPresence, WaitingRow};
