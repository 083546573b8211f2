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

#[cfg(test)]
mod tests {
    use super::super::example::{commands::*, events::*, story};
    use super::super::{Command, Identifier, IdentityMethod};
    use super::*;
    use crate::given::{actor, given};

    #[test]
    fn a_patient_arrives_once() {
        given::<Visit>([scheduled()]).when(Role::Patient, arrive()).then([arrived(false)]);
        given::<Visit>([scheduled(), arrived(false)]).when(Role::Patient, arrive()).refused("wrong-state");
    }

    #[test]
    fn a_patient_who_left_may_come_back_and_need_not_be_identified_again() {
        let left = story(State::Left);
        given::<Visit>(left.clone()).when(Role::Patient, arrive()).then([arrived(true)]);
        let back = left.into_iter().chain([arrived(true)]);
        given::<Visit>(back).when(Role::Patient, check_in()).then([checked_in()]);
    }

    #[test]
    fn identity_is_verified_by_staff_with_two_different_identifiers() {
        let here = given::<Visit>([scheduled(), arrived(false)]);
        here.when(Role::FrontDesk, verify_identity()).then([identity_verified()]);
        here.when(Role::Patient, verify_identity()).refused("role-not-permitted");
        let identifiers = vec![Identifier::Name, Identifier::Name];
        let same_twice = Command::VerifyIdentity(VerifyIdentity { method: IdentityMethod::Spoken, identifiers });
        here.when(Role::FrontDesk, same_twice).refused("two-identifiers-needed");
        given::<Visit>([scheduled(), arrived(false), identity_verified()])
            .when(Role::FrontDesk, verify_identity())
            .refused("wrong-state");
    }

    #[test]
    fn check_in_needs_identity_and_location_in_either_order() {
        let (identity, location) = (identity_verified(), location_attested("WI"));
        let here = |more: &[Event]| given::<Visit>([scheduled(), arrived(false)].into_iter().chain(more.to_vec()));
        here(&[]).when(Role::Patient, check_in()).refused("identity-not-verified");
        here(std::slice::from_ref(&location)).when(Role::Patient, check_in()).refused("identity-not-verified");
        here(std::slice::from_ref(&identity)).when(Role::Patient, check_in()).refused("location-not-attested");
        here(&[identity.clone(), location.clone()]).when(Role::Patient, check_in()).then([checked_in()]);
        here(&[location, identity]).when(Role::Patient, check_in()).then([checked_in()]);
        given::<Visit>(story(State::CheckedIn)).when(Role::Patient, check_in()).refused("wrong-state");
    }

    #[test]
    fn a_location_is_attested_by_the_patient_or_on_their_word() {
        let here = given::<Visit>([scheduled(), arrived(false)]);
        here.when(Role::Patient, attest_location("WI")).then([location_attested("WI")]);
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        here.when_by(somebody_else, attest_location("WI")).refused("not-this-visits-patient");
        here.when(Role::Billing, attest_location("WI")).refused("role-not-permitted");
    }

    #[test]
    fn before_admission_a_new_location_waits_for_the_gate() {
        given::<Visit>(story(State::CheckedIn))
            .when(Role::Patient, attest_location("MN"))
            .then([location_attested("MN")]);
    }

    #[test]
    fn during_the_visit_a_location_without_a_licence_is_recorded_and_flagged() {
        let admitted = story(State::Admitted);
        given::<Visit>(admitted.clone()).when(Role::Patient, attest_location("WI")).then([location_attested("WI")]);
        let gap = [location_attested("MN"), licence_gap_observed("MN")];
        given::<Visit>(admitted.clone()).when(Role::Patient, attest_location("MN")).then(gap.clone());

        use crate::Rules;
        let mut visit = Visit::replay(admitted.iter().chain(&gap));
        assert!(visit.location().unwrap().licence_gap);
        visit.evolve(&location_attested("WI"));
        assert!(!visit.location().unwrap().licence_gap);
    }
}
