//! Where the patient physically is, as they attest it.

use chrono::{DateTime, Utc};

use super::{AttestLocation, LicenceGapObserved, LocationAttested};
use crate::visit::{AdmitFacts, Error, Event, State, Visit};
use crate::{Actor, Phi};

impl Visit {
    /// Before admission the gate itself looks at the newest location. During the visit a patient who turns out to be
    /// where the provider is not licensed is a fact: it is recorded, and a second, loud fact with it.
    pub(in crate::visit) fn attest_location(
        &self,
        command: AttestLocation,
        facts: &AdmitFacts,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Vec<Event>, Error> {
        const WHILE_HERE: [State; 5] = [State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Admitted];
        self.require(
            &WHILE_HERE,
            "attest-location",
            "a location is attested between arrival and the end of the visit",
        )?;
        self.require_patient_or_staff(actor, "attest-location")?;
        let AttestLocation { jurisdiction, address } = command;
        let mut events: Vec<Event> =
            vec![LocationAttested { jurisdiction, address: Phi::Clear(address), attested_by: actor.role }.into()];
        if let (State::Admitted, Some(provider_id), Err(_)) =
            (self.state(), self.provider(), facts.permitting(jurisdiction, at))
        {
            events.push(LicenceGapObserved { jurisdiction, provider_id }.into());
        }
        if let (State::Admitted, Some(supervision), Err(_)) =
            (self.state(), self.supervision(), facts.permitting_supervisor(jurisdiction, at))
        {
            events.push(LicenceGapObserved { jurisdiction, provider_id: supervision.supervisor }.into());
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given};
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

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

        let mut visit = Visit::replay(admitted.iter().chain(&gap));
        assert!(visit.location().unwrap().licence_gap);
        visit.evolve(&location_attested("WI"));
        assert!(!visit.location().unwrap().licence_gap);
    }
}
