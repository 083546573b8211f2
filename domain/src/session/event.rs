//! What happens to a group session.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ProviderId, Role, SessionId, VisitId};

/// A session was set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionOpened {
    /// The session, also the id of the stream.
    pub session_id: SessionId,
    /// Who leads it, and treats in each of its visits.
    pub provider_id: ProviderId,
    /// When it is to start.
    pub starts_at: DateTime<Utc>,
    /// How many visits may take part at once.
    pub capacity: u16,
    /// In which role it was set up.
    pub opened_by: Role,
}

/// A visit takes part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VisitJoinedSession {
    /// Which.
    pub visit_id: VisitId,
}

/// A visit takes part no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VisitLeftSession {
    /// Which.
    pub visit_id: VisitId,
}

/// The session is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionClosed {
    /// In which role it was closed.
    pub closed_by: Role,
}

crate::catalogue! {
    /// A fact about a group session.
    pub enum Event {
        "session-opened" "1.0" => SessionOpened, "A group session was set up with the provider who leads it.";
        "visit-joined-session" "1.0" => VisitJoinedSession, "A visit takes part in the session. The visit's own stream says so too.";
        "visit-left-session" "1.0" => VisitLeftSession, "A visit takes part no more.";
        "session-closed" "1.0" => SessionClosed, "The session is over.";
    }
}
