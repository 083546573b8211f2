//! The gate between waiting room and provider: verified identity, attested location, a licence valid there on that day.
//! Consent to telehealth is no part of it: it may be given or declined on either side of the gate, and what follows from
//! a declined one is the provider's to decide and to record.

use chrono::{DateTime, NaiveDate, Utc};

use super::{AdmitFacts, Admitted, Error, Event, State, Visit};
use crate::{Actor, Jurisdiction, Licence};

impl AdmitFacts {
    /// A licence valid there on that day.
    pub fn valid(&self, jurisdiction: Jurisdiction, on: NaiveDate) -> Option<&Licence> {
        self.licences.iter().find(|licence| licence.is_valid(jurisdiction, on))
    }
}

impl Visit {
    /// The day is that of `at` in UTC; a clinic's own calendar day will take its place once facts carry it.
    pub(super) fn admit(&self, facts: &AdmitFacts, at: DateTime<Utc>, actor: &Actor) -> Result<Event, Error> {
        self.require(&[State::CheckedIn], "admit", "a patient is admitted from the waiting room, not from hold")?;
        let provider_id = self.require_own_provider(actor, "admit")?;
        let jurisdiction = self.require_identity_and_location()?.jurisdiction;
        let on = at.date_naive();
        let licence = facts.valid(jurisdiction, on).ok_or(Error::LicenceNotValid { jurisdiction, on })?;
        Ok(Admitted { provider_id, jurisdiction, licence_number: licence.number.clone() }.into())
    }
}
