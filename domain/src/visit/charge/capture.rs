//! Capturing a charge after the end of a visit: judged by the rules of the day of service, and recorded with what they said.

use super::{CaptureCharge, ChargeCaptured, ChargeFacts};
use crate::law::billing::{Basis, Claim, Delivery};
use crate::visit::{Error, Event, Modality, State, Visit};
use crate::{ChargeId, Law, Phi};

impl Visit {
    pub(in crate::visit) fn capture_charge(&self, command: CaptureCharge, facts: &ChargeFacts) -> Result<Event, Error> {
        self.require(
            &[State::Ended],
            "capture-charge",
            "charges are captured between the end of the visit and its bill",
        )?;
        self.charge(command, facts, None)
    }

    /// The charge, if the rules have nothing against it.
    pub(in crate::visit) fn charge(
        &self,
        command: CaptureCharge,
        facts: &ChargeFacts,
        replaces: Option<ChargeId>,
    ) -> Result<Event, Error> {
        if self.charges().get(facts.charge_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if !(1..=999).contains(&command.units) {
            return Err(Error::UnitsOutOfRange);
        }
        self.require_what_for(&command)?;
        let (Some(date_of_service), Some(modality)) = (self.date_of_service(), self.modality()) else {
            return Err(Error::NothingToCharge);
        };
        let claim = Claim {
            code: &command.code,
            modifiers: &command.modifiers,
            place: command.place_of_service,
            payer: command.payer.0,
            delivery: delivery(modality),
            patient_at_home: command.patient_at_home.0,
            basis: command.basis,
            minutes: self.charges().minutes(),
            audio_only_reason: command.audio_only_reason.map(|reason| reason.0),
        };
        let judged = Law::current().judge_claim(&claim, date_of_service, &facts.reliance)?;
        let basis = judged.verdict.basis;
        Ok(ChargeCaptured {
            charge_id: facts.charge_id,
            replaces,
            code: Phi::Clear(command.code),
            modifiers: Phi::Clear(command.modifiers),
            units: command.units,
            amount_cents: command.amount_cents.map(Phi::Clear),
            diagnoses: Phi::Clear(command.diagnoses),
            diagnosis_pointers: command.diagnosis_pointers,
            payer: Phi::Clear(command.payer.0),
            place_of_service: Phi::Clear(judged.verdict.place),
            date_of_service,
            basis,
            minutes: self.charges().minutes().filter(|_| basis == Some(Basis::Time)),
            audio_only_reason: command.audio_only_reason.map(|reason| Phi::Clear(reason.0)),
            unchecked: judged.verdict.unchecked,
            rules: Phi::Clear(judged.because),
        }
        .into())
    }

    /// A charge is for diagnoses on the visit's list wherever there is one: what the provider found is what is billed.
    fn require_what_for(&self, command: &CaptureCharge) -> Result<(), Error> {
        let is_pointing = !command.diagnosis_pointers.is_empty();
        if !is_pointing && self.diagnoses().standing() > 0 {
            return Err(Error::DiagnosisPointersNeeded);
        }
        if is_pointing && !command.diagnoses.is_empty() || !is_pointing && !(1..=12).contains(&command.diagnoses.len())
        {
            return Err(Error::DiagnosesOutOfRange);
        }
        self.require_diagnoses(&command.diagnosis_pointers)
    }
}

/// How payers see the way a visit was held.
fn delivery(modality: Modality) -> Delivery {
    match modality {
        Modality::Video => Delivery::AudioVideo,
        Modality::Phone => Delivery::AudioOnly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, given};
    use crate::law::Reliance;
    use crate::law::billing::PayerClass;
    use crate::visit::Command;
    use crate::visit::example::{CHARGE, commands::*, events::*, story};
    use crate::{Private, Role};

    fn ended_then(more: &[Event]) -> Given<Visit> {
        given(story(State::Admitted).into_iter().chain([ended()]).chain(more.to_vec()))
    }

    fn with(change: impl FnOnce(&mut CaptureCharge, &mut ChargeFacts)) -> Command {
        let Command::CaptureCharge(mut command, mut facts) = capture_charge(CHARGE) else { unreachable!() };
        change(&mut command, &mut facts);
        Command::CaptureCharge(command, facts)
    }

    #[test]
    fn charges_are_captured_after_the_end() {
        ended_then(&[]).when(Role::Billing, capture_charge(CHARGE)).then([charge_captured()]);
        given::<Visit>(story(State::Admitted)).when(Role::Billing, capture_charge(CHARGE)).refused("wrong-state");
        given::<Visit>(story(State::Closed)).when(Role::Billing, capture_charge(99)).refused("wrong-state");
        given::<Visit>(story(State::Ended)).when(Role::Billing, capture_charge(CHARGE)).refused("id-already-used");
    }

    #[test]
    fn a_charge_has_units_and_diagnoses() {
        let ended = ended_then(&[]);
        ended.when(Role::Billing, with(|charge, _| charge.units = 0)).refused("units-out-of-range");
        ended.when(Role::Billing, with(|charge, _| charge.diagnoses.clear())).refused("diagnoses-out-of-range");
    }

    #[test]
    fn a_charge_points_at_diagnoses_that_stand_wherever_there_is_a_list() {
        let pointing = |pointers: &[u8]| {
            with(|charge, _| (charge.diagnoses, charge.diagnosis_pointers) = (Vec::new(), pointers.to_vec()))
        };
        let listed = [diagnosis_recorded(1), diagnosis_recorded(2), diagnosis_removed(2)];
        let ended = ended_then(&listed);
        ended.when(Role::Billing, pointing(&[1])).then([charge_captured_for(&[1])]);
        ended.when(Role::Billing, pointing(&[2])).refused("unknown-diagnosis");
        ended.when(Role::Billing, pointing(&[1, 3])).refused("unknown-diagnosis");
        ended.when(Role::Billing, pointing(&[1, 1])).refused("diagnosis-pointers-out-of-range");
        ended.when(Role::Billing, pointing(&[1, 2, 3, 4, 5])).refused("diagnosis-pointers-out-of-range");
        ended.when(Role::Billing, pointing(&[])).refused("diagnosis-pointers-needed");
        ended.when(Role::Billing, capture_charge(CHARGE)).refused("diagnosis-pointers-needed");
        let both = with(|charge, _| charge.diagnosis_pointers = vec![1]);
        ended.when(Role::Billing, both).refused("diagnoses-out-of-range");
        ended_then(&[]).when(Role::Billing, pointing(&[1])).refused("unknown-diagnosis");
    }

    #[test]
    fn what_the_rules_of_the_day_have_against_a_charge_is_said() {
        let refused = |change: &dyn Fn(&mut CaptureCharge), code: &str| {
            ended_then(&[]).when(Role::Billing, with(|charge, _| change(charge))).refused(code);
        };
        refused(&|charge| charge.code = "98010".try_into().unwrap(), "code-contradicts-modality");
        refused(&|charge| charge.code = "G2012".try_into().unwrap(), "code-not-on-that-day");
        refused(&|charge| charge.modifiers = vec!["93".try_into().unwrap()], "modifier-contradicts-modality");
        refused(&|charge| charge.place_of_service = Some("02".try_into().unwrap()), "place-of-service-wrong");
        refused(&|charge| charge.basis = None, "basis-not-for-this-code");
        refused(
            &|charge| {
                charge.code = "98005".try_into().unwrap();
                charge.payer = Private(PayerClass::Medicare);
            },
            "not-payable",
        );
        let real_clinic = with(|_, facts| facts.reliance = Reliance::default());
        ended_then(&[]).when(Role::Billing, real_clinic).refused("rule-unreviewed");
    }

    #[test]
    fn a_code_chosen_by_time_needs_the_providers_minutes() {
        let by_time = || with(|charge, _| charge.basis = Some(Basis::Time));
        ended_then(&[]).when(Role::Billing, by_time()).refused("minutes-not-attested");
        ended_then(&[minutes_attested(19)]).when(Role::Billing, by_time()).refused("minutes-outside-code");
        // Said again, the newest counts.
        let visit = ended_then(&[minutes_attested(19), minutes_attested(24)]);
        let events = visit.when(Role::Billing, by_time()).events();
        let [Event::ChargeCaptured(captured)] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((captured.basis, captured.minutes), (Some(Basis::Time), Some(24)));
    }
}
