//! A visit in a group session, and out of it.

use crate::SessionId;
use crate::visit::declare::payloads;

payloads! {
    /// The visit takes part in a group session.
    SessionJoined {
        /// Which.
        session_id: SessionId,
    }

    /// The visit takes part in the session no more.
    SessionLeft {
        /// Which.
        session_id: SessionId,
    }
}
