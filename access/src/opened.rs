//! An event with its protected values open.

use chrono::{DateTime, Utc};
use daybook_domain::{Catalogue, DecodeError};
use daybook_ledger::{Hash, Metadata, Recorded, Stream};
use serde_json::Value;
use uuid::Uuid;

/// A stored event, opened under a receipt.
#[derive(Clone)]
pub struct Opened {
    pub clinic: Uuid,
    pub position: u64,
    pub stream: Stream,
    pub sequence: u64,
    pub event_id: Uuid,
    pub event_type: String,
    pub event_version: String,
    pub recorded_at: DateTime<Utc>,
    pub hash: Hash,
    pub metadata: Metadata,
    /// The payload, each protected value as `{"$clear": …}`, `{"$erased": true}` or `{"$key-missing": true}`.
    pub payload: Value,
}

impl Opened {
    pub(crate) fn new(event: &Recorded, payload: Value) -> Self {
        Self {
            clinic: event.clinic,
            position: event.position,
            stream: event.stream.clone(),
            sequence: event.sequence,
            event_id: event.event_id,
            event_type: event.event_type.clone(),
            event_version: event.event_version.clone(),
            recorded_at: event.recorded_at,
            hash: event.hash,
            metadata: event.metadata(),
            payload,
        }
    }

    /// The event as the domain's type, its protected fields open.
    pub fn decode<E: Catalogue>(&self) -> Result<E, DecodeError> {
        E::decode(&self.event_type, &self.event_version, self.payload.to_string().as_bytes())
    }
}

/// Never prints the payload.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("stream", &self.stream)
            .field("sequence", &self.sequence)
            .field("event_type", &self.event_type)
            .finish_non_exhaustive()
    }
}
