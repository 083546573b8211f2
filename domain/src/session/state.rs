//! What a session's stream adds up to.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Event;
use crate::{ProviderId, SessionId, VisitId};

/// A group session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    id: Option<SessionId>,
    provider: Option<ProviderId>,
    starts_at: Option<DateTime<Utc>>,
    capacity: u16,
    visits: BTreeSet<VisitId>,
    closed: bool,
}

impl Session {
    /// The session's id, once set up.
    pub fn id(&self) -> Option<SessionId> {
        self.id
    }

    /// Who leads it, once set up.
    pub fn provider(&self) -> Option<ProviderId> {
        self.provider
    }

    /// When it is to start, once set up.
    pub fn starts_at(&self) -> Option<DateTime<Utc>> {
        self.starts_at
    }

    /// How many visits may take part at once.
    pub fn capacity(&self) -> u16 {
        self.capacity
    }

    /// The visits that take part now.
    pub fn visits(&self) -> &BTreeSet<VisitId> {
        &self.visits
    }

    /// Whether it is over.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::SessionOpened(opened) => {
                self.id = Some(opened.session_id);
                self.provider = Some(opened.provider_id);
                self.starts_at = Some(opened.starts_at);
                self.capacity = opened.capacity;
            }
            Event::VisitJoinedSession(joined) => {
                self.visits.insert(joined.visit_id);
            }
            Event::VisitLeftSession(left) => {
                self.visits.remove(&left.visit_id);
            }
            Event::SessionClosed(_) => self.closed = true,
        }
    }
}
