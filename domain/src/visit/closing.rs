//! The end of a visit and what comes after: its outcome, charges captured, and the bill that closes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Billed, CaptureCharge, ChargeCaptured, End, Ended, Error, Event, NewCharge, State, Visit};
use crate::{Actor, ChargeId, Phi};

/// Where a charge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeState {
    /// Recorded, not yet sent.
    Captured,
    /// Sent to be paid.
    Billed,
}

/// One charge, without what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Where it stands.
    pub state: ChargeState,
    /// How many units.
    pub units: u32,
}

/// The charges of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charges(BTreeMap<ChargeId, Charge>);

impl Charges {
    /// One charge.
    pub fn get(&self, id: ChargeId) -> Option<&Charge> {
        self.0.get(&id)
    }

    /// Every charge.
    pub fn iter(&self) -> impl Iterator<Item = (ChargeId, &Charge)> {
        self.0.iter().map(|(id, charge)| (*id, charge))
    }

    /// Charges not yet sent.
    pub fn captured(&self) -> impl Iterator<Item = ChargeId> {
        self.iter().filter(|(_, charge)| charge.state == ChargeState::Captured).map(|(id, _)| id)
    }

    pub(super) fn capture(&mut self, captured: &ChargeCaptured) {
        self.0.insert(captured.charge_id, Charge { state: ChargeState::Captured, units: captured.units });
    }

    pub(super) fn bill(&mut self, billed: &Billed) {
        for id in &billed.charge_ids {
            if let Some(charge) = self.0.get_mut(id) {
                charge.state = ChargeState::Billed;
            }
        }
    }
}

impl Visit {
    pub(super) fn end(&self, command: End, actor: &Actor) -> Result<Event, Error> {
        self.require(&[State::Admitted], "end", "a visit ends once, after the patient was admitted")?;
        self.require_own_provider(actor, "end")?;
        Ok(Ended { outcome: command.outcome }.into())
    }

    pub(super) fn capture_charge(&self, command: CaptureCharge, new: NewCharge) -> Result<Event, Error> {
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
    pub(super) fn bill(&self) -> Result<Event, Error> {
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
    use super::super::Command;
    use super::super::example::{CHARGE, commands::*, events::*, story};
    use super::*;
    use crate::given::{given, id};
    use crate::{Role, Rules};

    fn admitted_then(more: &[Event]) -> crate::given::Given<Visit> {
        given(story(State::Admitted).into_iter().chain(more.to_vec()))
    }

    #[test]
    fn this_visits_provider_ends_it_once() {
        given::<Visit>(story(State::Admitted)).when(Role::Provider, end()).then([ended()]);
        given::<Visit>(story(State::Admitted)).when(Role::FrontDesk, end()).refused("not-this-visits-provider");
        given::<Visit>(story(State::CheckedIn)).when(Role::Provider, end()).refused("wrong-state");
        given::<Visit>(story(State::Ended)).when(Role::Provider, end()).refused("wrong-state");
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
