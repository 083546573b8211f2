//! An event as projections see it: decoded once for all of them, its protected values still sealed.

use daybook_domain::access_events::{PATIENT_STREAM, SESSION_STREAM};
use daybook_domain::{AccessEvent, DecodeError, access_review, clinic, history, patient, provider, visit};
use daybook_ledger::Recorded;

/// Stream types this program knows.
pub(crate) const VISIT: &str = "visit";
pub(crate) const PATIENT: &str = "patient";
pub(crate) const PROVIDER: &str = "provider";
pub(crate) const CLINIC: &str = "clinic";
pub(crate) const ACCESS_REVIEW: &str = "access-review";
pub(crate) const HISTORY: &str = history::STREAM;

/// What an event says.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    Visit(visit::Event),
    Patient(patient::Event),
    Provider(provider::Event),
    Clinic(clinic::Event),
    Access(AccessEvent),
    AccessReview(access_review::Event),
    History(history::Event),
    /// Of a stream this program has no read model for.
    Other,
}

/// A recorded event and what it says, or why that cannot be read.
#[derive(Debug)]
pub(crate) struct Seen {
    pub recorded: Recorded,
    pub fact: Result<Fact, DecodeError>,
}

impl Seen {
    pub fn new(recorded: Recorded) -> Self {
        let fact = match &*recorded.stream.kind {
            VISIT => recorded.decode().map(Fact::Visit),
            PATIENT => recorded.decode().map(Fact::Patient),
            PROVIDER => recorded.decode().map(Fact::Provider),
            CLINIC => recorded.decode().map(Fact::Clinic),
            HISTORY => recorded.decode().map(Fact::History),
            ACCESS_REVIEW => recorded.decode().map(Fact::AccessReview),
            PATIENT_STREAM | SESSION_STREAM => recorded.decode().map(Fact::Access),
            _ => Ok(Fact::Other),
        };
        Self { recorded, fact }
    }

    pub fn position(&self) -> u64 {
        self.recorded.position
    }

    /// The identity provider's subject of who caused it, as the log has it.
    pub fn actor(&self) -> Option<String> {
        let metadata: serde_json::Value = serde_json::from_slice(&self.recorded.metadata).ok()?;
        Some(metadata.get("actor")?.as_str()?.to_owned())
    }

    /// The visit's event, if it is one and can be read.
    pub fn visit(&self) -> Option<&visit::Event> {
        match &self.fact {
            Ok(Fact::Visit(event)) => Some(event),
            _ => None,
        }
    }
}
