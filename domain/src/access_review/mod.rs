//! The access review: a campaign, once a quarter or so. It opens with who used which role and when last; each line is kept or
//! removed by a reviewer, for a reason and never by the person it is about; it is closed when every line is decided. It names
//! staff by their subject at the identity provider and no patient.

mod aggregate;
mod command;
mod event;
#[cfg(test)]
pub mod example;
mod rules;
mod state;
mod terms;

pub use command::{Command, DecideAccessLine, NewAccessReview};
pub use event::{AccessLineDecided, AccessReviewClosed, AccessReviewOpened, Event};
pub use rules::{Error, MOST_LINES};
pub use state::{AccessReview, Decided};
pub use terms::{AccessDecision, AccessLine, AccessReason};
