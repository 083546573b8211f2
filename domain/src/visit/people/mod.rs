//! The people beside patient and provider: the interpreter a visit needs, and who acts for the
//! patient. Each has a
//! [`ParticipantId`](crate::ParticipantId) of the visit's own; who they are stands sealed.

mod acting_for;
mod command;
mod event;
mod interpretation;
mod interpreting;
mod invitations;
mod inviting;
mod proxies;
mod supervising;
mod terms;

#[cfg(test)]
pub(super) mod example;

pub use command::*;
pub use event::*;
pub use interpretation::{Interpretation, InterpretationState, Interpreter, InterpreterNeed};
pub use invitations::{Invitation, InvitationState, Invitations};
pub use proxies::{Proxies, Proxy};
pub use supervising::Supervision;
pub use terms::*;
