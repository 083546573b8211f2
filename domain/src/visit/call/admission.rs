//! The gate between waiting room and provider: verified identity, attested location, a licence valid there on that day.
//! Consent to telehealth is no part of it: it may be given or declined on either side of the gate, and what follows from
//! a declined one is the provider's to decide and to record.

use chrono::{DateTime, NaiveDate, Utc};

use super::{AdmitFacts, Admitted, Gate};
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

    /// Whether the supervisor may treat there as well; or why not.
    pub fn permitting_supervisor(&self, jurisdiction: Jurisdiction, at: DateTime<Utc>) -> Result<(), NotLicensed> {
        permitting(&self.supervisor_licences, jurisdiction, self.day(at), &self.reliance).map(drop)
    }
}

impl Visit {
    /// The day is the clinic's. While an emergency is open nothing stands between patient and provider: what was not in
    /// order is told by the event.
    pub(in crate::visit) fn admit(&self, facts: &AdmitFacts, at: DateTime<Utc>, actor: &Actor) -> Result<Event, Error> {
        let emergency_id = self.emergencies().open();
        let states: &[State] =
            if emergency_id.is_some() { &IN_AN_EMERGENCY } else { &[State::CheckedIn, State::Roomed] };
        self.require(states, "admit", "a patient is admitted from the waiting room, not from hold")?;
        let provider_id = self.require_own_provider(actor, "admit")?;
        let (jurisdiction, on) = (self.location().map(|location| location.jurisdiction), facts.day(at));
        let licence = jurisdiction.map(|jurisdiction| {
            facts.permitting(jurisdiction, at).map_err(|why| Error::LicenceNotValid { jurisdiction, on, why })
        });
        let (licence, unlicensed) = match licence {
            None => (None, Some(Error::LocationNotAttested)),
            Some(Ok(licence)) => (Some(licence), None),
            Some(Err(error)) => (None, Some(error)),
        };
        let mut closed = self.closed_gates(unlicensed);
        closed.extend(self.unsupervised(facts, at).map(|error| (Gate::Supervisor, error)));
        let overridden_gates = match emergency_id {
            Some(_) => closed.into_iter().map(|(gate, _)| gate).collect(),
            None if closed.is_empty() => Vec::new(),
            None => return Err(closed.swap_remove(0).1),
        };
        Ok(Admitted {
            provider_id,
            jurisdiction,
            licence_number: licence.map(|licence| licence.number.clone()),
            on,
            emergency_id: emergency_id.filter(|_| !overridden_gates.is_empty()),
            overridden_gates,
        }
        .into())
    }

    /// What stands against the supervisor, where there is one.
    fn unsupervised(&self, facts: &AdmitFacts, at: DateTime<Utc>) -> Option<Error> {
        self.supervision()?;
        let Some(location) = self.location() else { return Some(Error::LocationNotAttested) };
        let (jurisdiction, on) = (location.jurisdiction, facts.day(at));
        let why = facts.permitting_supervisor(jurisdiction, at).err()?;
        Some(Error::SupervisorNotLicensed { jurisdiction, on, why })
    }

    /// What is not in order, in the order in which it is looked at, each with the refusal it is outside an emergency.
    fn closed_gates(&self, unlicensed: Option<Error>) -> Vec<(Gate, Error)> {
        let mut closed = Vec::new();
        if !matches!(self.state(), State::CheckedIn | State::Roomed) {
            closed.push((Gate::WaitingRoom, self.wrong_state("admit", "have the patient checked in first")));
        }
        if !self.identity_verified() {
            closed.push((Gate::Identity, Error::IdentityNotVerified));
        }
        if self.location().is_none() {
            closed.push((Gate::Location, Error::LocationNotAttested));
        }
        closed.extend(unlicensed.map(|error| (Gate::Licence, error)));
        closed
    }
}

/// Where a patient who is not yet with the provider may be when an emergency is open.
const IN_AN_EMERGENCY: [State; 6] =
    [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::{PROVIDER, actor, given, id, text};
    use crate::visit::ConsentKind::Telehealth;
    use crate::visit::example::{EMERGENCY, commands::*, events::*, licence, licensed, place, story};
    use crate::visit::{Admit, Command};

    fn admit_with(licences: Vec<Licence>) -> Command {
        Command::Admit(Admit {}, AdmitFacts { licences, ..licensed() })
    }

    #[test]
    fn this_visits_provider_admits_from_the_waiting_room() {
        let waiting = given::<Visit>(story(State::CheckedIn));
        waiting.when(Role::Provider, admit()).then([admitted()]);
        given::<Visit>(story(State::Roomed)).when(Role::Provider, admit()).then([admitted()]);
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

    fn in_an_emergency(overridden_gates: &[Gate], jurisdiction: Option<&str>, licence_number: Option<&str>) -> Event {
        Admitted {
            provider_id: id(PROVIDER),
            jurisdiction: jurisdiction.map(place),
            licence_number: licence_number.map(text),
            overridden_gates: overridden_gates.to_vec(),
            on: "2026-03-02".parse().unwrap(),
            emergency_id: Some(id(EMERGENCY)),
        }
        .into()
    }

    #[test]
    fn an_emergency_overrides_the_gate_and_the_event_says_what_was_not_in_order() {
        use Gate::*;
        let open = |story: Vec<Event>| given::<Visit>(story.into_iter().chain([emergency_declared_nowhere()]));
        let nothing_known = in_an_emergency(&[WaitingRoom, Identity, Location, Licence], None, None);
        open(vec![scheduled()]).when(Role::Provider, admit()).then([nothing_known]);
        let identified = vec![scheduled(), arrived(false), identity_verified()];
        let nowhere = in_an_emergency(&[WaitingRoom, Location, Licence], None, None);
        open(identified).when(Role::Provider, admit()).then([nowhere]);
        let elsewhere = story(State::CheckedIn).into_iter().chain([location_attested("MN")]).collect();
        open(elsewhere).when(Role::Provider, admit()).then([in_an_emergency(&[Licence], Some("MN"), None)]);
        let on_hold = in_an_emergency(&[WaitingRoom], Some("WI"), Some("12345-20"));
        open(story(State::Held)).when(Role::Provider, admit()).then([on_hold]);
    }

    #[test]
    fn where_everything_is_in_order_an_emergency_overrides_nothing() {
        let open = story(State::CheckedIn).into_iter().chain([emergency_declared()]);
        given::<Visit>(open).when(Role::Provider, admit()).then([admitted()]);
    }

    #[test]
    fn a_closed_emergency_overrides_nothing_and_an_open_one_not_who_treats() {
        let over = [scheduled(), arrived(false), emergency_declared_nowhere(), emergency_closed()];
        given::<Visit>(over).when(Role::Provider, admit()).refused("wrong-state");
        let open = [scheduled(), arrived(false), emergency_declared_nowhere()];
        given::<Visit>(open).when(Role::FrontDesk, admit()).refused("not-this-visits-provider");
        let again = story(State::Admitted).into_iter().chain([emergency_declared()]);
        given::<Visit>(again).when(Role::Provider, admit()).refused("wrong-state");
    }
}
