//! A visit in a group session, in examples.

use super::*;
use crate::Role;
use crate::given::id;
use crate::session::example::SESSION;
use crate::visit::{Command, Event};

pub mod events {
    use super::*;

    pub fn session_joined() -> Event {
        SessionJoined { session_id: id(SESSION) }.into()
    }

    pub fn session_left() -> Event {
        SessionLeft { session_id: id(SESSION) }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![session_joined(), session_left()]
    }
}

pub mod commands {
    use super::*;

    pub fn join_session() -> Command {
        Command::JoinSession(JoinSession { session_id: id(SESSION) })
    }

    pub fn leave_session() -> Command {
        Command::LeaveSession(LeaveSession {})
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::FrontDesk, join_session()), (Role::FrontDesk, leave_session())]
    }
}
