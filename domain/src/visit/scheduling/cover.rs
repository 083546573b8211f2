//! Handing a visit over to another provider before the patient is admitted. Whether the other one is free is their
//! calendar's to decide, and whether they may treat where the patient is, admission's.

use super::booking::require_hours;
use super::{HandOver, HandOverFacts, HandedOver};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Role};

const WHEN: [State; 6] = [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left];
const HINT: &str = "a visit is handed over before the patient is admitted";

impl Visit {
    /// The patient keeps their place: who they are and where they are does not change with who treats them.
    pub(in crate::visit) fn hand_over(
        &self,
        command: HandOver,
        facts: HandOverFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const WHO: [Role; 2] = [Role::FrontDesk, Role::Provider];
        require_role(actor, &WHO, "hand-over", "the front desk and the visit's provider")?;
        if actor.role == Role::Provider {
            self.require_own_provider(actor, "hand-over")?;
        }
        self.require(&WHEN, "hand-over", HINT)?;
        self.require_no_session()?;
        let HandOver { to_provider_id, reason, overbook } = command;
        if !facts.provider_registered {
            return Err(Error::UnknownProvider);
        }
        let from_provider_id = self.provider().ok_or_else(|| self.wrong_state("hand-over", HINT))?;
        if from_provider_id == to_provider_id {
            return Err(Error::ProviderUnchanged);
        }
        require_hours(facts.in_hours, overbook)?;
        Ok(HandedOver { from_provider_id, to_provider_id, reason }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::visit::{Command, Readiness};
    use crate::{ProviderId, Rules};

    fn hand_over_with(change: impl FnOnce(&mut HandOver, &mut HandOverFacts)) -> Command {
        let Command::HandOver(mut command, mut facts) = hand_over() else { unreachable!() };
        change(&mut command, &mut facts);
        Command::HandOver(command, facts)
    }

    #[test]
    fn a_visit_is_handed_over_until_the_patient_is_admitted_and_nobody_is_checked_in_anew() {
        for state in State::ALL {
            let outcome = given::<Visit>(story(state)).when(Role::FrontDesk, hand_over());
            if !WHEN.contains(&state) {
                outcome.refused("wrong-state");
                continue;
            }
            outcome.then([handed_over()]);
            let before = Visit::replay(&story(state));
            let after = Visit::replay(&[story(state), vec![handed_over()]].concat());
            assert_eq!((after.state(), after.identity_verified()), (before.state(), before.identity_verified()));
            assert_ne!(after.provider(), before.provider());
        }
    }

    #[test]
    fn it_goes_to_another_registered_provider() {
        let visit = given::<Visit>([scheduled()]);
        visit
            .when(Role::FrontDesk, hand_over_with(|_, facts| facts.provider_registered = false))
            .refused("unknown-provider");
        visit.when(Role::FrontDesk, hand_over_with(|_, facts| facts.in_hours = false)).refused("provider-not-at-work");
        let own: Option<ProviderId> = Visit::replay(&[scheduled()]).provider();
        let unchanged = hand_over_with(|command, _| command.to_provider_id = own.unwrap());
        visit.when(Role::FrontDesk, unchanged).refused("provider-unchanged");
    }

    #[test]
    fn the_front_desk_and_the_visits_provider_hand_over() {
        given::<Visit>([scheduled()]).when(Role::Provider, hand_over()).then([handed_over()]);
        // Once it is another's, the first one has no say.
        let events = [scheduled(), handed_over()];
        given::<Visit>(events).when(Role::Provider, hand_over()).refused("not-this-visits-provider");
        given::<Visit>([scheduled()]).when(Role::Patient, hand_over()).refused("role-not-permitted");
    }

    #[test]
    fn the_others_readiness_says_nothing_of_this_one() {
        let waiting = [story(State::CheckedIn), vec![provider_ready(), handed_over()]].concat();
        assert_eq!(Visit::replay(&waiting).readiness(), Readiness::NeverReady);
    }
}
