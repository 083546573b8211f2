//! What can be asked of a group session.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{ProviderId, SessionId, VisitId};

/// Everything that can be asked, with the facts looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Set a session up.
    Open(OpenSession, NewSession),
    /// Let a visit take part.
    Seat(SeatVisit),
    /// Let a visit take part no more.
    Unseat(VisitId),
    /// Close the session.
    Close(CloseSession),
}

/// Set a group session up.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// Who leads it.
    pub provider_id: ProviderId,
    /// When it is to start.
    pub starts_at: DateTime<Utc>,
    /// How many visits may take part at once, 2 to 50.
    pub capacity: u16,
}

/// Close a group session.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseSession {}

/// The id a new session gets, and what is known of its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Also the id of the stream.
    pub session_id: SessionId,
    /// Whether the provider is registered.
    pub provider_registered: bool,
}

/// A visit that asks for a place, as its stream tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatVisit {
    /// The visit.
    pub visit_id: VisitId,
    /// Who treats in it.
    pub provider_id: Option<ProviderId>,
}
