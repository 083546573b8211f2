//! From the door to the waiting room: arriving, and checking in.

use chrono::{DateTime, Utc};

use super::{Arrived, CheckedIn};
use crate::visit::{Error, Event, Location, Modality, State, Visit};

impl Visit {
    /// Whoever left may come back: identity stays verified and the last location stands until another is attested.
    pub(in crate::visit) fn arrive(&self, at: DateTime<Utc>) -> Result<Event, Error> {
        self.require(
            &[State::Scheduled, State::Left],
            "arrive",
            "a patient arrives at a scheduled visit, or again after leaving",
        )?;
        let returning = self.state() == State::Left;
        let late = self.starts_at().map(|starts_at| at.signed_duration_since(starts_at).num_minutes());
        let late_minutes = late.and_then(|late| u32::try_from(late).ok()).filter(|late| !returning && *late > 0);
        Ok(Arrived { returning, late_minutes }.into())
    }

    /// Who it is, where they are, at which number they are called back and whom to call in an emergency: each of this visit
    /// and of this day, because people move. What was done days ahead (intake, devices, consents) is not asked for anew.
    pub(in crate::visit) fn check_in(&self) -> Result<Event, Error> {
        self.require(&[State::Arrived], "check-in", "a patient checks in once, after arriving")?;
        self.require_identity_and_location()?;
        self.require_contacts()?;
        Ok(CheckedIn {}.into())
    }

    /// Nobody is asked for a number while help is called. A visit by telephone has one: that at which they were reached.
    fn require_contacts(&self) -> Result<(), Error> {
        if self.emergencies().open().is_some() {
            return Ok(());
        }
        let contacts = self.contacts();
        let called = self.modality() == Some(Modality::Phone) && contacts.reached_by_phone;
        if !contacts.callback_number && !called {
            return Err(Error::CallbackNumberMissing);
        }
        contacts.emergency_contact.map(drop).ok_or(Error::EmergencyContactNotAsked)
    }

    /// What check-in and admission both ask for; returns where the patient is.
    pub(in crate::visit) fn require_identity_and_location(&self) -> Result<Location, Error> {
        if !self.identity_verified() {
            return Err(Error::IdentityNotVerified);
        }
        self.location().ok_or(Error::LocationNotAttested)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::visit::{ConsentKind, ContactAnswer, Contacts, EmergencyContactRecorded};
    use crate::{Role, Rules};

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

    fn here(more: &[Event]) -> crate::given::Given<Visit> {
        given([scheduled(), arrived(false)].into_iter().chain(more.to_vec()))
    }

    #[test]
    fn check_in_needs_identity_location_and_contacts_in_whatever_order() {
        let (identity, location) = (identity_verified(), location_attested("WI"));
        let (number, contact) = (callback_number_given(), emergency_contact_recorded());
        let refused = |more: &[&Event], code: &str| {
            let more: Vec<_> = more.iter().map(|event| (*event).clone()).collect();
            here(&more).when(Role::Patient, check_in()).refused(code);
        };
        refused(&[], "identity-not-verified");
        refused(&[&location, &number, &contact], "identity-not-verified");
        refused(&[&identity, &number, &contact], "location-not-attested");
        refused(&[&identity, &location, &contact], "callback-number-missing");
        refused(&[&identity, &location, &number], "emergency-contact-not-asked");
        for known in [[&identity, &location, &number, &contact], [&contact, &number, &location, &identity]] {
            here(&known.map(Clone::clone)).when(Role::Patient, check_in()).then([checked_in()]);
        }
        given::<Visit>(story(State::CheckedIn)).when(Role::Patient, check_in()).refused("wrong-state");
    }

    #[test]
    fn having_nobody_to_call_is_an_answer() {
        let nobody =
            EmergencyContactRecorded { answer: ContactAnswer::None, contact: None, recorded_by: Role::Patient };
        let known = [identity_verified(), location_attested("WI"), callback_number_given(), nobody.into()];
        here(&known).when(Role::Patient, check_in()).then([checked_in()]);
    }

    #[test]
    fn nobody_is_asked_for_a_number_in_an_emergency_and_a_visit_by_phone_has_the_one_that_was_called() {
        let known = [identity_verified(), location_attested("WI")];
        let with = |more: &[Event]| here(&[&known[..], more].concat());
        with(&[emergency_declared()]).when(Role::Patient, check_in()).then([checked_in()]);
        let over = [emergency_declared(), emergency_closed()];
        with(&over).when(Role::Patient, check_in()).refused("callback-number-missing");
        let (asked, reached) = (emergency_contact_recorded(), contact_reached());
        with(&[by_phone(), reached.clone(), asked.clone()]).when(Role::Patient, check_in()).then([checked_in()]);
        with(&[by_phone(), asked.clone()]).when(Role::Patient, check_in()).refused("callback-number-missing");
        with(&[reached, asked]).when(Role::Patient, check_in()).refused("callback-number-missing");
    }

    #[test]
    fn what_is_of_the_day_is_asked_anew_at_another_time_and_what_was_done_ahead_stands() {
        let ahead = [intake_recorded(), device_checked(), consent_given(ConsentKind::Telehealth, "telehealth/3")];
        let moved: Vec<_> = story(State::CheckedIn).into_iter().chain(ahead).chain([rescheduled()]).collect();
        let visit = Visit::replay(&moved);
        assert!(visit.intake_recorded() && visit.device_check().is_some());
        assert!(visit.consents().get(ConsentKind::Telehealth).is_some());
        assert!(!visit.identity_verified() && visit.location().is_none());
        assert_eq!(visit.contacts(), Contacts::default());
    }
}
