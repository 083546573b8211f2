//! The gate between waiting room and provider: verified identity, attested location, a licence valid there on that day.
//! Consent to telehealth is no part of it: it may be given or declined on either side of the gate, and what follows from
//! a declined one is the provider's to decide and to record.

use chrono::{DateTime, NaiveDate, Utc};

use super::{AdmitFacts, Admitted};
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Jurisdiction, Licence};

impl AdmitFacts {
    /// A licence valid there on that day.
    pub fn valid(&self, jurisdiction: Jurisdiction, on: NaiveDate) -> Option<&Licence> {
        self.licences.iter().find(|licence| licence.is_valid(jurisdiction, on))
    }
}

impl Visit {
    /// The day is that of `at` in UTC; a clinic's own calendar day will take its place once facts carry it.
    pub(in crate::visit) fn admit(&self, facts: &AdmitFacts, at: DateTime<Utc>, actor: &Actor) -> Result<Event, Error> {
        self.require(&[State::CheckedIn], "admit", "a patient is admitted from the waiting room, not from hold")?;
        let provider_id = self.require_own_provider(actor, "admit")?;
        let jurisdiction = self.require_identity_and_location()?.jurisdiction;
        let on = at.date_naive();
        let licence = facts.valid(jurisdiction, on).ok_or(Error::LicenceNotValid { jurisdiction, on })?;
        Ok(Admitted { provider_id, jurisdiction, licence_number: licence.number.clone() }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::{actor, given};
    use crate::visit::ConsentKind::Telehealth;
    use crate::visit::example::{commands::*, events::*, licence, story};
    use crate::visit::{Admit, Command};

    fn admit_with(licences: Vec<Licence>) -> Command {
        Command::Admit(Admit {}, AdmitFacts { licences })
    }

    #[test]
    fn this_visits_provider_admits_from_the_waiting_room() {
        let waiting = given::<Visit>(story(State::CheckedIn));
        waiting.when(Role::Provider, admit()).then([admitted()]);
        waiting.when(Role::FrontDesk, admit()).refused("not-this-visits-provider");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(88));
        waiting.when_by(colleague, admit()).refused("not-this-visits-provider");
        given::<Visit>(story(State::Held)).when(Role::Provider, admit()).refused("wrong-state");
        given::<Visit>(story(State::Admitted)).when(Role::Provider, admit()).refused("wrong-state");
    }

    #[test]
    fn the_licence_is_valid_where_the_patient_is_on_that_day() {
        let waiting = given::<Visit>(story(State::CheckedIn));
        let refused = |licences| waiting.when(Role::Provider, admit_with(licences)).refused("licence-not-valid");
        refused(vec![]);
        refused(vec![licence("MN", "2026-01-01", "2026-12-31")]);
        refused(vec![licence("WI", "2025-01-01", "2026-03-01")]);
        refused(vec![licence("WI", "2026-03-03", "2026-12-31")]);
        let just_today = licence("WI", "2026-03-02", "2026-03-02");
        waiting.when(Role::Provider, admit_with(vec![just_today])).then([admitted()]);
    }

    #[test]
    fn the_newest_location_counts() {
        let moved = story(State::CheckedIn).into_iter().chain([location_attested("MN")]);
        given::<Visit>(moved.clone()).when(Role::Provider, admit()).refused("licence-not-valid");
        let moved_back = moved.chain([location_attested("WI")]);
        given::<Visit>(moved_back).when(Role::Provider, admit()).then([admitted()]);
    }

    #[test]
    fn a_declined_telehealth_consent_does_not_block_the_gate() {
        let declined = story(State::CheckedIn).into_iter().chain([consent_declined(Telehealth, "telehealth/3")]);
        given::<Visit>(declined).when(Role::Provider, admit()).then([admitted()]);
    }
}
