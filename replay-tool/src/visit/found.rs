//! What the log has about a visit, and opening it.

use anyhow::bail;
use daybook_access::{Opened, Receipt};
use daybook_domain::Rules;
use daybook_domain::access_events::PATIENT_STREAM;
use daybook_domain::visit::Visit;
use daybook_ledger::{Recorded, Stream};
use uuid::Uuid;

use super::seal;
use super::story::Act;
use crate::arguments::Opening;
use crate::opening;
use crate::reader::Reader;

/// A visit's events, and who looked.
pub struct Found {
    pub clinic: Uuid,
    pub visit: Uuid,
    pub acts: Vec<Recorded>,
    /// The patient's whole access stream.
    pub reads: Vec<Recorded>,
}

impl Found {
    /// Reads both; there is such a visit, or an answer what there is not.
    pub async fn find(reader: &Reader, clinic: Uuid, visit: Uuid) -> anyhow::Result<Self> {
        let acts = reader.ledger.read_stream(clinic, &Stream::new("visit", visit), 0).await?;
        if acts.is_empty() && !reader.knows(clinic).await? {
            bail!("there is no clinic {clinic} in this database");
        }
        if acts.is_empty() {
            bail!("there is no visit {visit} at clinic {clinic}");
        }
        let reads = match whole(&acts).patient() {
            Some(patient) => reader.ledger.read_stream(clinic, &Stream::new(PATIENT_STREAM, patient.0), 0).await?,
            None => Vec::new(),
        };
        Ok(Self { clinic, visit, acts, reads })
    }

    /// These of its acts as they may be told: opened for who asks with a token, and then there is a receipt for it; else
    /// masked.
    pub async fn tell(
        &self,
        url: &str,
        opening: &Opening,
        acts: &[Recorded],
    ) -> anyhow::Result<(Option<Receipt>, Vec<Act>)> {
        Ok(match self.open(url, opening, acts).await? {
            Some((receipt, opened)) => {
                let acts = acts.iter().zip(&opened).map(|(act, opened)| Act::opened(act, opened));
                (Some(receipt), acts.collect())
            }
            None => (None, acts.iter().map(Act::masked).collect()),
        })
    }

    /// These of its events opened, with the receipt that this is on record. None without a token, and where the visit's
    /// events are not as they were written.
    pub async fn open(
        &self,
        url: &str,
        opening: &Opening,
        events: &[Recorded],
    ) -> anyhow::Result<Option<(Receipt, Vec<Opened>)>> {
        let (Some(token), Some(reason)) = (&opening.token, &opening.reason) else { return Ok(None) };
        if !seal::faults(&self.acts).is_empty() {
            // Whose visit it is decides who may see it, and that stands in the events.
            eprintln!("daybook-replay: nothing is opened, because the visit's events are not as they were written");
            return Ok(None);
        }
        let (place, visit) = ((self.clinic, self.visit), whole(&self.acts));
        Ok(Some(opening::open(url, opening, (token, reason), place, &visit, events).await?))
    }

    /// What is not as it was written.
    pub fn faults(&self) -> Vec<String> {
        [&self.acts, &self.reads].into_iter().flat_map(|stream| seal::faults(stream)).collect()
    }
}

/// The visit as its events leave it, up to the first that cannot be read: enough to know whose it is.
fn whole(acts: &[Recorded]) -> Visit {
    let events: Vec<_> = acts.iter().map_while(|act| act.decode().ok()).collect();
    Visit::replay(&events)
}
