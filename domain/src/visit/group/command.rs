//! Take part in a group session, and no more.

use crate::SessionId;
use crate::visit::declare::commands;

commands! {
    /// The visit takes part in a group session.
    JoinSession {
        /// Which.
        session_id: SessionId,
    }

    /// The visit takes part in the session no more.
    LeaveSession {}
}
