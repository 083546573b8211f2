//! From the door to the waiting room: arriving, and checking in.

use super::{Arrived, CheckedIn};
use crate::visit::{Error, Event, Location, State, Visit};

impl Visit {
    /// Whoever left may come back: identity stays verified and the last location stands until another is attested.
    pub(in crate::visit) fn arrive(&self) -> Result<Event, Error> {
        self.require(
            &[State::Scheduled, State::Left],
            "arrive",
            "a patient arrives at a scheduled visit, or again after leaving",
        )?;
        Ok(Arrived { returning: self.state() == State::Left }.into())
    }

    pub(in crate::visit) fn check_in(&self) -> Result<Event, Error> {
        self.require(&[State::Arrived], "check-in", "a patient checks in once, after arriving")?;
        self.require_identity_and_location()?;
        Ok(CheckedIn {}.into())
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
    use crate::Role;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};

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
}
