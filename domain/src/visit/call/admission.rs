//! The gate between waiting room and provider: verified identity, attested location, a licence valid there on that day.
//! Consent to telehealth is no part of it: it may be given or declined on either side of the gate, and what follows from
//! a declined one is the provider's to decide and to record.

use chrono::{DateTime, NaiveDate, Utc};

use super::{AdmitFacts, Admitted};
use crate::provider::{NotLicensed, permitting};
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Jurisdiction, Licence};

impl AdmitFacts {
    /// The clinic's calendar day.
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        self.time_zone.day(at)
    }

    /// The licence with which the provider may treat a patient who is there at that moment; or why there is none.
    pub fn permitting(&self, jurisdiction: Jurisdiction, at: DateTime<Utc>) -> Result<&Licence, NotLicensed> {
        permitting(&self.licences, jurisdiction, self.day(at), &self.reliance).map(|(licence, _)| licence)
    }
}

impl Visit {
    pub(in crate::visit) fn admit(&self, facts: &AdmitFacts, at: DateTime<Utc>, actor: &Actor) -> Result<Event, Error> {
        self.require(&[State::CheckedIn], "admit", "a patient is admitted from the waiting room, not from hold")?;
        let provider_id = self.require_own_provider(actor, "admit")?;
        let jurisdiction = self.require_identity_and_location()?.jurisdiction;
        let on = facts.day(at);
        let licence = facts.permitting(jurisdiction, at);
        let licence = licence.map_err(|why| Error::LicenceNotValid { jurisdiction, on, why })?;
        Ok(Admitted { provider_id, jurisdiction, licence_number: licence.number.clone(), on }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::{actor, given};
    use crate::visit::ConsentKind::Telehealth;
    use crate::visit::example::{commands::*, events::*, licence, licensed, story};
    use crate::visit::{Admit, Command};

    fn admit_with(licences: Vec<Licence>) -> Command {
        Command::Admit(Admit {}, AdmitFacts { licences, ..licensed() })
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
    fn the_clinics_day_counts_not_that_of_greenwich() {
        // 18:30 in Chicago on the licence's last day, when it is the next day in Greenwich already.
        let waiting = given::<Visit>(story(State::CheckedIn)).at("2026-03-03T00:30:00Z".parse().unwrap());
        let last_day = licence("WI", "2025-03-03", "2026-03-02");
        waiting.when(Role::Provider, admit_with(vec![last_day])).then([admitted()]);
        let from_tomorrow = licence("WI", "2026-03-03", "2026-12-31");
        waiting.when(Role::Provider, admit_with(vec![from_tomorrow])).refused("licence-not-valid");
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
