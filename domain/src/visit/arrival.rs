//! From the door to the waiting room: arriving, being identified, saying where one is, checking in.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::decide::require_role;
use super::error::already;
use super::{
    AdmitFacts, Arrived, AttestLocation, CheckedIn, Error, Event, IdentityVerified, LicenceGapObserved,
    LocationAttested, State, VerifyIdentity, Visit,
};
use crate::{Actor, Phi, Role};

impl Visit {
    /// Whoever left may come back: identity stays verified and the last location stands until another is attested.
    pub(super) fn arrive(&self) -> Result<Event, Error> {
        self.require(
            &[State::Scheduled, State::Left],
            "arrive",
            "a patient arrives at a scheduled visit, or again after leaving",
        )?;
        Ok(Arrived { returning: self.state() == State::Left }.into())
    }

    pub(super) fn verify_identity(&self, command: VerifyIdentity, actor: &Actor) -> Result<Event, Error> {
        const WHO: [Role; 2] = [Role::FrontDesk, Role::Provider];
        self.require(&[State::Arrived], "verify-identity", "identity is verified between arrival and check-in")?;
        require_role(actor, &WHO, "verify-identity", "the front desk and providers")?;
        if self.identity_verified() {
            return Err(already("the patient's identity is verified", "verify-identity"));
        }
        let identifiers: BTreeSet<_> = command.identifiers.into_iter().collect();
        if identifiers.len() < 2 {
            return Err(Error::TwoIdentifiersNeeded);
        }
        let identifiers = identifiers.into_iter().collect();
        Ok(IdentityVerified { method: command.method, identifiers, verified_by: actor.role }.into())
    }

    /// Before admission the gate itself looks at the newest location. During the visit a patient who turns out to be
    /// where the provider is not licensed is a fact: it is recorded, and a second, loud fact with it.
    pub(super) fn attest_location(
        &self,
        command: AttestLocation,
        facts: &AdmitFacts,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Vec<Event>, Error> {
        const WHILE_HERE: [State; 4] = [State::Arrived, State::CheckedIn, State::Held, State::Admitted];
        self.require(
            &WHILE_HERE,
            "attest-location",
            "a location is attested between arrival and the end of the visit",
        )?;
        self.require_patient_or_staff(actor)?;
        let AttestLocation { jurisdiction, address } = command;
        let mut events: Vec<Event> =
            vec![LocationAttested { jurisdiction, address: Phi::Clear(address), attested_by: actor.role }.into()];
        if let (State::Admitted, Some(provider_id), None) =
            (self.state(), self.provider(), facts.valid(jurisdiction, at.date_naive()))
        {
            events.push(LicenceGapObserved { jurisdiction, provider_id }.into());
        }
        Ok(events)
    }

    fn require_patient_or_staff(&self, actor: &Actor) -> Result<(), Error> {
        const STAFF: [Role; 2] = [Role::FrontDesk, Role::Provider];
        match actor.role {
            Role::Patient => self.require_own_patient(actor, "attest-location"),
            _ => require_role(actor, &STAFF, "attest-location", "the patient, the front desk and providers"),
        }
    }

    pub(super) fn check_in(&self) -> Result<Event, Error> {
        self.require(&[State::Arrived], "check-in", "a patient checks in once, after arriving")?;
        self.require_identity_and_location()?;
        Ok(CheckedIn {}.into())
    }

    /// What check-in and admission both ask for; returns where the patient is.
    pub(super) fn require_identity_and_location(&self) -> Result<super::Location, Error> {
        if !self.identity_verified() {
            return Err(Error::IdentityNotVerified);
        }
        self.location().ok_or(Error::LocationNotAttested)
    }
}
