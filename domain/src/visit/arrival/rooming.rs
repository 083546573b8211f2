//! Rooming: clinical staff are with a waiting patient, take the intake down and make the visit ready. It needs nothing that
//! check-in did not already ask for, and admission does not need it.

use super::Roomed;
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Role};

impl Visit {
    /// From the waiting room only: whoever is on hold returns first.
    pub(in crate::visit) fn room(&self, actor: &Actor) -> Result<Event, Error> {
        self.require(&[State::CheckedIn], "room", "clinical staff room a patient who is checked in and waits")?;
        require_role(actor, &[Role::ClinicalStaff], "room", "clinical staff")?;
        Ok(Roomed { roomed_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};

    #[test]
    fn clinical_staff_room_who_is_checked_in() {
        let waiting = given::<Visit>(story(State::CheckedIn));
        waiting.when(Role::ClinicalStaff, room()).then([roomed()]);
        for role in [Role::Patient, Role::Provider, Role::FrontDesk, Role::Billing, Role::System] {
            waiting.when(role, room()).refused("role-not-permitted");
        }
    }

    #[test]
    fn nobody_is_roomed_before_check_in_nor_twice_nor_on_hold_nor_with_the_provider() {
        for state in State::ALL.into_iter().filter(|state| *state != State::CheckedIn) {
            given::<Visit>(story(state)).when(Role::ClinicalStaff, room()).refused("wrong-state");
        }
    }

    #[test]
    fn whoever_is_roomed_may_return_be_held_or_leave_and_be_roomed_again() {
        let roomed_now = given::<Visit>(story(State::Roomed));
        roomed_now.when(Role::ClinicalStaff, return_to_waiting()).then([returned_to_waiting()]);
        roomed_now.when(Role::ClinicalStaff, hold()).then([held()]);
        roomed_now.when(Role::Patient, leave_waiting_room()).then([left_waiting_room()]);
        let back: Vec<_> = story(State::Roomed).into_iter().chain([returned_to_waiting()]).collect();
        assert_eq!(Visit::replay(&back).state(), State::CheckedIn);
        given::<Visit>(back).when(Role::ClinicalStaff, room()).then([roomed()]);
    }

    #[test]
    fn clinical_staff_take_down_what_the_visit_needs() {
        let visit = given::<Visit>(story(State::Roomed));
        for command in [record_intake(), record_device_check(), give_callback_number(), record_emergency_contact()] {
            assert_eq!(visit.when(Role::ClinicalStaff, command).events().len(), 1);
        }
        let here = given::<Visit>([scheduled(), arrived(false)]);
        assert_eq!(here.when(Role::ClinicalStaff, verify_identity()).events().len(), 1);
        assert_eq!(here.when(Role::ClinicalStaff, attest_location("WI")).events().len(), 1);
        visit.when(Role::ClinicalStaff, admit()).refused("not-this-visits-provider");
    }
}
