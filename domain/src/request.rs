//! What reaches a rule: a command, who asks for it and when. The rule itself has no clock and asks nobody.

use chrono::{DateTime, Utc};

use crate::Actor;

/// A command with its circumstances.
#[derive(Clone, Debug, PartialEq)]
pub struct Request<C> {
    /// When it was asked, by the server's clock.
    pub at: DateTime<Utc>,
    /// Who asks.
    pub actor: Actor,
    /// What is asked, with the facts looked up for it.
    pub command: C,
}
