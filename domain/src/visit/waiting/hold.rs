//! Being put on hold, and returning: from hold, from a room, or from a provider who sends the patient back before the encounter began.

use super::{Held, Hold, ReturnedToWaiting};
use crate::visit::{Error, Event, Participant, State, Visit};
use crate::{Actor, Phi};

impl Visit {
    pub(in crate::visit) fn hold(&self, command: Hold) -> Result<Event, Error> {
        self.require(&[State::CheckedIn, State::Roomed], "hold", "only a waiting patient can be put on hold")?;
        Ok(Held { reason: command.reason, details: command.details.map(Phi::Clear) }.into())
    }

    /// Whoever was admitted over the gate in an emergency has nowhere to return to: they were never let into the room.
    pub(in crate::visit) fn return_to_waiting(&self, actor: &Actor) -> Result<Event, Error> {
        const FROM: [State; 3] = [State::Roomed, State::Held, State::Admitted];
        self.require(&FROM, "return-to-waiting", "a patient roomed, on hold, or just admitted, returns to waiting")?;
        if self.state() != State::Admitted {
            return Ok(ReturnedToWaiting { sent_back_by: None }.into());
        }
        let provider_id = self.require_own_provider(actor, "return-to-waiting")?;
        if !self.identity_verified() {
            return Err(Error::IdentityNotVerified);
        }
        if self.location().is_none() {
            return Err(Error::LocationNotAttested);
        }
        if self.encounter_has_begun() {
            return Err(Error::EncounterHasBegun);
        }
        Ok(ReturnedToWaiting { sent_back_by: Some(provider_id) }.into())
    }

    /// Both were seen on the call, or something was written.
    fn encounter_has_begun(&self) -> bool {
        let met = [Participant::Patient, Participant::Provider].iter().all(|who| self.presence().was_seen(*who));
        met || self.notes().iter().next().is_some()
            || self.diagnoses().iter().next().is_some()
            || self.orders().count() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{PROVIDER, actor, given, id};
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    fn just_admitted_then(more: &[Event]) -> Vec<Event> {
        story(State::CheckedIn).into_iter().chain([admitted()]).chain(more.to_vec()).collect()
    }

    #[test]
    fn a_provider_sends_a_patient_back_before_the_encounter_began() {
        let back: Event = ReturnedToWaiting { sent_back_by: Some(id(PROVIDER)) }.into();
        let admitted_now = just_admitted_then(&[]);
        given::<Visit>(admitted_now.clone()).when(Role::Provider, return_to_waiting()).then([back.clone()]);
        given::<Visit>(admitted_now.clone())
            .when(Role::FrontDesk, return_to_waiting())
            .refused("not-this-visits-provider");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(88));
        given::<Visit>(admitted_now.clone())
            .when_by(colleague, return_to_waiting())
            .refused("not-this-visits-provider");
        let visit = Visit::replay(admitted_now.iter().chain([&back]));
        assert_eq!((visit.state(), visit.date_of_service()), (State::CheckedIn, None));
        let again = just_admitted_then(&[back]);
        given::<Visit>(again).when(Role::Provider, admit()).then([admitted()]);
    }

    #[test]
    fn once_it_has_begun_nobody_is_sent_back() {
        let both = [joined(Participant::Patient, "a"), joined(Participant::Provider, "b")];
        let alone = just_admitted_then(&both[..1]);
        assert_eq!(given::<Visit>(alone).when(Role::Provider, return_to_waiting()).events().len(), 1);
        for begun in [both.as_slice(), &[note_drafted()], &[diagnosis_recorded(1)], &[lab_order_drafted()]] {
            let begun = given::<Visit>(just_admitted_then(begun));
            begun.when(Role::Provider, return_to_waiting()).refused("encounter-has-begun");
        }
        given::<Visit>(story(State::Ended)).when(Role::Provider, return_to_waiting()).refused("wrong-state");
    }

    #[test]
    fn who_was_admitted_in_an_emergency_has_no_wait_to_return_to() {
        let nowhere = [scheduled(), arrived(false), admitted()];
        given::<Visit>(nowhere).when(Role::Provider, return_to_waiting()).refused("identity-not-verified");
        let unlocated = [scheduled(), arrived(false), identity_verified(), admitted()];
        given::<Visit>(unlocated).when(Role::Provider, return_to_waiting()).refused("location-not-attested");
    }

    #[test]
    fn only_who_waits_is_held_and_only_who_is_held_returns() {
        let (waiting, on_hold) = (story(State::CheckedIn), story(State::Held));
        given::<Visit>(waiting.clone()).when(Role::FrontDesk, hold()).then([held()]);
        given::<Visit>(on_hold.clone()).when(Role::FrontDesk, hold()).refused("wrong-state");
        given::<Visit>(on_hold.clone()).when(Role::FrontDesk, return_to_waiting()).then([returned_to_waiting()]);
        given::<Visit>(waiting).when(Role::FrontDesk, return_to_waiting()).refused("wrong-state");
        let returned = on_hold.into_iter().chain([returned_to_waiting()]);
        given::<Visit>(returned).when(Role::Provider, admit()).then([admitted()]);
    }
}
