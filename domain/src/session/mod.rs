//! A group session: one call in which several visits take part, each with its own chart. The session's stream names visits by
//! their ids and nobody by name, and no event of it concerns a patient; what happens to a patient stands in their visit.

mod aggregate;
mod command;
mod event;
#[cfg(test)]
pub mod example;
mod rules;
mod state;

pub use command::{CloseSession, Command, NewSession, OpenSession, SeatVisit};
pub use event::{Event, SessionClosed, SessionOpened, VisitJoinedSession, VisitLeftSession};
pub use rules::Error;
pub use state::Session;
