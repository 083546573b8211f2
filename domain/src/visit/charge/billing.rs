//! Capturing charges after the end of a visit, and the bill that closes it.

use super::{Billed, CaptureCharge, ChargeCaptured, NewCharge};
use crate::Phi;
use crate::visit::{Error, Event, State, Visit};

impl Visit {
    pub(in crate::visit) fn capture_charge(&self, command: CaptureCharge, new: NewCharge) -> Result<Event, Error> {
        self.require(
            &[State::Ended],
            "capture-charge",
            "charges are captured between the end of the visit and its bill",
        )?;
        if self.charges().get(new.charge_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        let CaptureCharge { code, units, amount_cents, diagnoses } = command;
        if !(1..=999).contains(&units) {
            return Err(Error::UnitsOutOfRange);
        }
        if !(1..=12).contains(&diagnoses.len()) {
            return Err(Error::DiagnosesOutOfRange);
        }
        Ok(ChargeCaptured {
            charge_id: new.charge_id,
            code: Phi::Clear(code),
            units,
            amount_cents: amount_cents.map(Phi::Clear),
            diagnoses: Phi::Clear(diagnoses),
        }
        .into())
    }

    /// Nothing is billed before the note is signed. A visit with several notes needs all of them signed: a draft left
    /// behind could never be signed afterwards.
    pub(in crate::visit) fn bill(&self) -> Result<Event, Error> {
        self.require(&[State::Ended], "bill", "a visit is billed once, after it ended")?;
        if !self.notes().all_signed() {
            return Err(Error::NoteNotSigned);
        }
        let charge_ids: Vec<_> = self.charges().captured().collect();
        if charge_ids.is_empty() {
            return Err(Error::NoChargeCaptured);
        }
        Ok(Billed { charge_ids }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, given, id};
    use crate::visit::example::{CHARGE, commands::*, events::*, story};
    use crate::visit::{ChargeState, Command};
    use crate::{Role, Rules};

    fn admitted_then(more: &[Event]) -> Given<Visit> {
        given(story(State::Admitted).into_iter().chain(more.to_vec()))
    }

    #[test]
    fn charges_are_captured_after_the_end() {
        admitted_then(&[ended()]).when(Role::Billing, capture_charge(CHARGE)).then([charge_captured()]);
        admitted_then(&[]).when(Role::Billing, capture_charge(CHARGE)).refused("wrong-state");
        given::<Visit>(story(State::Ended)).when(Role::Billing, capture_charge(CHARGE)).refused("id-already-used");
    }

    #[test]
    fn a_charge_has_units_and_diagnoses() {
        let with = |change: &dyn Fn(&mut CaptureCharge)| {
            let Command::CaptureCharge(mut command, new) = capture_charge(CHARGE) else { unreachable!() };
            change(&mut command);
            Command::CaptureCharge(command, new)
        };
        let ended = admitted_then(&[ended()]);
        ended.when(Role::Billing, with(&|charge| charge.units = 0)).refused("units-out-of-range");
        ended.when(Role::Billing, with(&|charge| charge.diagnoses.clear())).refused("diagnoses-out-of-range");
    }

    #[test]
    fn nothing_is_billed_before_the_note_is_signed_and_a_charge_captured() {
        let billing = |more: &[Event]| admitted_then(more).when(Role::Billing, bill());
        billing(&[note_signed()]).refused("wrong-state");
        billing(&[ended(), charge_captured()]).refused("note-not-signed");
        billing(&[ended(), note_signed()]).refused("no-charge-captured");
        billing(&[ended(), charge_captured(), note_signed()]).then([billed()]);
        given::<Visit>(story(State::Closed)).when(Role::Billing, bill()).refused("wrong-state");
    }

    #[test]
    fn a_bill_turns_captured_charges_into_billed_ones() {
        let visit = Visit::replay(&story(State::Closed));
        assert_eq!(visit.charges().get(id(CHARGE)).unwrap().state, ChargeState::Billed);
        assert_eq!(visit.charges().captured().count(), 0);
    }
}
