//! Correcting and voiding a charge, before and after it was billed.

use super::{Charge, ChargeCorrected, ChargeFacts, ChargeState, ChargeVoided, CorrectCharge, VoidCharge};
use crate::ChargeId;
use crate::visit::{Error, Event, State, Visit};

impl Visit {
    /// Two facts: the old charge no longer counts, and the new one does. It is billed like any other; of a visit that was
    /// closed it is billed once more.
    pub(in crate::visit) fn correct_charge(
        &self,
        command: CorrectCharge,
        facts: &ChargeFacts,
    ) -> Result<Vec<Event>, Error> {
        let CorrectCharge { charge_id, reason, correct } = command;
        self.standing_charge(charge_id, "correct-charge")?;
        let captured = self.charge(correct, facts, Some(charge_id))?;
        Ok(vec![ChargeCorrected { charge_id, replaced_by: facts.charge_id, reason }.into(), captured])
    }

    pub(in crate::visit) fn void_charge(&self, command: VoidCharge) -> Result<Event, Error> {
        let VoidCharge { charge_id, reason } = command;
        let charge = self.standing_charge(charge_id, "void-charge")?;
        Ok(ChargeVoided { charge_id, was_billed: charge.state == ChargeState::Billed, reason }.into())
    }

    /// A charge that was neither corrected nor voided.
    fn standing_charge(&self, id: ChargeId, command: &'static str) -> Result<&Charge, Error> {
        self.require(&[State::Ended, State::Closed], command, "a charge is changed once it was captured")?;
        let charge = self.charges().get(id).ok_or(Error::UnknownCharge)?;
        if charge.state.stands() {
            Ok(charge)
        } else {
            let state = format!("the charge is {}", charge.state.name());
            let hint = "only a captured or billed charge can be changed; change the one that took its place";
            Err(Error::WrongState { state, command, hint })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, id};
    use crate::visit::VoidReason;
    use crate::visit::example::{CHARGE, commands::*, events::*, story};
    use crate::{Role, Rules};

    #[test]
    fn a_captured_or_billed_charge_is_replaced_by_the_right_one() {
        for state in [State::Ended, State::Closed] {
            let both = [charge_corrected(), charge_captured_instead()];
            given::<Visit>(story(state)).when(Role::Billing, correct_charge(CHARGE)).then(both.clone());
            let visit = Visit::replay(story(state).iter().chain(&both));
            let (old, new) = (visit.charges().get(id(CHARGE)).unwrap(), visit.charges().get(id(CHARGE + 1)).unwrap());
            assert_eq!((old.state, old.replaced_by), (ChargeState::Corrected, Some(id(CHARGE + 1))));
            assert_eq!((new.state, new.replaces), (ChargeState::Captured, Some(id(CHARGE))));
        }
    }

    #[test]
    fn a_charge_is_voided_and_it_is_said_whether_it_had_been_billed() {
        let voided = |was_billed| ChargeVoided { charge_id: id(CHARGE), was_billed, reason: VoidReason::Duplicate };
        given::<Visit>(story(State::Ended)).when(Role::Billing, void_charge(CHARGE)).then([voided(false).into()]);
        given::<Visit>(story(State::Closed)).when(Role::Billing, void_charge(CHARGE)).then([voided(true).into()]);
        let after = Visit::replay(story(State::Closed).iter().chain(&[charge_voided()]));
        assert_eq!(after.charges().get(id(CHARGE)).unwrap().state, ChargeState::Voided);
        assert_eq!(after.state(), State::Closed);
    }

    #[test]
    fn what_no_longer_stands_or_never_was_cannot_be_changed() {
        let voided = || given::<Visit>(story(State::Closed).into_iter().chain([charge_voided()]));
        voided().when(Role::Billing, void_charge(CHARGE)).refused("wrong-state");
        voided().when(Role::Billing, correct_charge(CHARGE)).refused("wrong-state");
        given::<Visit>(story(State::Ended)).when(Role::Billing, void_charge(99)).refused("unknown-charge");
        given::<Visit>(story(State::Ended)).when(Role::Billing, correct_charge(99)).refused("unknown-charge");
        given::<Visit>(story(State::Admitted)).when(Role::Billing, void_charge(CHARGE)).refused("wrong-state");
    }

    #[test]
    fn a_correction_is_judged_like_any_charge() {
        let crate::visit::Command::CorrectCharge(mut command, facts) = correct_charge(CHARGE) else { unreachable!() };
        command.correct.modifiers = vec!["93".try_into().unwrap()];
        let command = crate::visit::Command::CorrectCharge(command, facts);
        given::<Visit>(story(State::Closed)).when(Role::Billing, command).refused("modifier-contradicts-modality");
    }
}
