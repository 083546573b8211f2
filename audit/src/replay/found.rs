//! What the log has about a visit.

use daybook_domain::Rules;
use daybook_domain::access_events::PATIENT_STREAM;
use daybook_domain::visit::Visit;
use daybook_ledger::{Ledger, Recorded, Stream};
use uuid::Uuid;

use super::error::ReplayError;
use super::moment::{self, Moment};
use super::seal;
use super::story::{self, Line};

/// A visit's events, of which there is one at least, and who looked.
pub struct Found {
    pub clinic: Uuid,
    pub visit: Uuid,
    pub acts: Vec<Recorded>,
    /// The patient's whole access stream.
    pub reads: Vec<Recorded>,
}

impl Found {
    /// Reads both.
    pub async fn find(ledger: &Ledger, clinic: Uuid, visit: Uuid) -> Result<Self, ReplayError> {
        let acts = ledger.read_stream(clinic, &Stream::new("visit", visit), 0).await?;
        if acts.is_empty() {
            return Err(ReplayError::NoVisit { visit, clinic });
        }
        let reads = match whole(&acts).patient() {
            Some(patient) => ledger.read_stream(clinic, &Stream::new(PATIENT_STREAM, patient.0), 0).await?,
            None => Vec::new(),
        };
        Ok(Self { clinic, visit, acts, reads })
    }

    /// The visit as its events leave it, up to the first that cannot be read: enough to know whose it is.
    pub fn whole(&self) -> Visit {
        whole(&self.acts)
    }

    /// Its events up to a moment; one at least.
    pub fn until(&self, moment: Option<Moment>) -> Result<&[Recorded], ReplayError> {
        Ok(&self.acts[..moment::happened(&self.acts, moment)?])
    }

    /// Whether its events are as they were written. Whose visit it is decides who may see it, and that stands in them: where they
    /// are not, nothing of it is to be opened.
    pub fn stands(&self) -> bool {
        seal::faults(&self.acts).is_empty()
    }

    /// What is not as it was written.
    pub fn faults(&self) -> Vec<String> {
        [&self.acts, &self.reads].into_iter().flat_map(|stream| seal::faults(stream)).collect()
    }

    /// Who looked at it until a moment, of which `last` was the newest event.
    pub fn looks(&self, until: Option<Moment>, last: &Recorded) -> Vec<Line> {
        let reads = self.reads.iter().filter(|read| moment::includes(until, last, read));
        reads.filter_map(|read| story::read(read, self.visit)).collect()
    }
}

fn whole(acts: &[Recorded]) -> Visit {
    let events: Vec<_> = acts.iter().map_while(|act| act.decode().ok()).collect();
    Visit::replay(&events)
}
