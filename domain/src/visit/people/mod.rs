//! The people beside patient and provider: the interpreter a visit needs, and the others who take part in it. Each has a
//! [`ParticipantId`](crate::ParticipantId) of the visit's own; who they are stands sealed.

mod command;
mod event;
mod interpretation;
mod interpreting;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use interpretation::{Interpretation, InterpretationState, Interpreter, InterpreterNeed};
pub use terms::*;
