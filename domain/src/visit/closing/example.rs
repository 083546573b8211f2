//! The end of a visit in examples.

use super::*;
use crate::Role;
use crate::given::now;
use crate::visit::{Command, Event};

pub mod events {
    use super::*;

    pub fn ended() -> Event {
        Ended { outcome: Outcome::Completed, ended_at: now() }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![ended()]
    }
}

pub mod commands {
    use super::*;

    pub fn end() -> Command {
        Command::End(End { outcome: Outcome::Completed })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::Provider, end())]
    }
}
