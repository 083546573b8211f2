//! Events on their way into the log and as they stand in it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use daybook_domain::Subject;
use serde_json::Value;
use uuid::Uuid;

use crate::format::{Hash, Header, PartHashes, Stream, event_hash};
use crate::sealing::{Address, RingError, Sealer};

/// An event's metadata: one flat object of strings, no PHI.
pub type Metadata = BTreeMap<String, String>;

/// An event that happened and is not yet sealed.
#[derive(Clone, Debug)]
pub struct Unsealed {
    pub event_id: Uuid,
    pub event_type: &'static str,
    pub event_version: &'static str,
    /// The payload, with protected values as `{"$clear": …}`.
    pub payload: Value,
}

/// An event ready to be appended: its exact bytes, and their hashes. Only its place in the chain is missing.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) event_id: Uuid,
    pub(crate) event_type: &'static str,
    pub(crate) event_version: &'static str,
    pub(crate) metadata: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) sealed: Vec<u8>,
    pub(crate) parts: PartHashes,
}

impl Draft {
    /// Seals and hashes an event. Done by the caller, in parallel with others, so that the sequencer only links.
    pub async fn seal(
        event: Unsealed,
        clinic: Uuid,
        stream: &Stream,
        subject: Option<Subject>,
        metadata: &Metadata,
        sealer: &Sealer,
    ) -> Result<Self, RingError> {
        let (payload, sealed) = sealer.seal(&event, clinic, stream, subject).await?;
        // A map of strings always serializes.
        let metadata = serde_json::to_vec(metadata).unwrap_or_default();
        let parts = PartHashes::of(&metadata, &payload, &sealed);
        Ok(Self {
            event_id: event.event_id,
            event_type: event.event_type,
            event_version: event.event_version,
            metadata,
            payload,
            sealed,
            parts,
        })
    }
}

/// An event as it stands in the log: the exact stored bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub clinic: Uuid,
    pub position: u64,
    pub stream: Stream,
    pub sequence: u64,
    pub event_id: Uuid,
    pub event_type: String,
    pub event_version: String,
    pub recorded_at: DateTime<Utc>,
    pub prev_hash: Hash,
    pub hash: Hash,
    pub metadata: Vec<u8>,
    pub payload: Vec<u8>,
    pub sealed: Vec<u8>,
}

impl Recorded {
    /// Where the event stands: what its sealed bytes are bound to.
    pub fn address(&self) -> Address<'_> {
        Address {
            clinic: self.clinic,
            stream: &self.stream,
            event_id: self.event_id,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
        }
    }

    /// The hash that the stored bytes really have, to be compared with the stored one.
    pub fn computed_hash(&self) -> Hash {
        let header = Header {
            clinic: self.clinic,
            stream: &self.stream,
            sequence: self.sequence,
            event_id: self.event_id,
            recorded_at: self.recorded_at,
            event_type: &self.event_type,
            event_version: &self.event_version,
        };
        event_hash(&header, &self.prev_hash, &PartHashes::of(&self.metadata, &self.payload, &self.sealed))
    }

    /// The metadata as a map; empty where the stored bytes are not one.
    pub fn metadata(&self) -> Metadata {
        serde_json::from_slice(&self.metadata).unwrap_or_default()
    }

    /// The event as the domain's type, its protected fields still sealed.
    pub fn decode<E: daybook_domain::Catalogue>(&self) -> Result<E, daybook_domain::DecodeError> {
        E::decode(&self.event_type, &self.event_version, &self.payload)
    }

    /// What a receipt for this event says.
    pub fn placed(&self) -> Placed {
        Placed {
            stream: self.stream.clone(),
            sequence: self.sequence,
            position: self.position,
            hash: self.hash,
            recorded_at: self.recorded_at,
        }
    }
}

/// Where an event came to stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub stream: Stream,
    pub sequence: u64,
    pub position: u64,
    pub hash: Hash,
    pub recorded_at: DateTime<Utc>,
}
