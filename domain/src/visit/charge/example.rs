//! Minutes attested, charges captured, corrected, voided and billed, and nothing charged, in examples.

use std::collections::BTreeSet;

use super::*;
use crate::given::{PROVIDER, id, text};
use crate::law::Reliance;
use crate::law::billing::{Basis, Claim, Delivery, PayerClass, Unchecked};
use crate::visit::{Command, Event};
use crate::{Law, Phi, Private, ProcedureCode, Role};

pub const CHARGE: u128 = 12;

fn captured(charge: u128, replaces: Option<u128>, code: &str) -> Event {
    let code: ProcedureCode = code.try_into().unwrap();
    let claim = Claim {
        code: &code,
        modifiers: &["95".try_into().unwrap()],
        place: None,
        payer: PayerClass::Commercial,
        delivery: Delivery::AudioVideo,
        patient_at_home: true,
        basis: Some(Basis::MedicalDecisionMaking),
        minutes: None,
        audio_only_reason: None,
    };
    let date_of_service = "2026-03-02".parse().unwrap();
    let judged = Law::current().judge_claim(&claim, date_of_service, &Reliance::simulated()).unwrap();
    ChargeCaptured {
        charge_id: id(charge),
        replaces: replaces.map(id),
        code: Phi::Clear(code.clone()),
        modifiers: Phi::Clear(vec!["95".try_into().unwrap()]),
        units: 1,
        amount_cents: Some(Phi::Clear(9_200)),
        diagnoses: Phi::Clear(vec!["J02.9".try_into().unwrap()]),
        diagnosis_pointers: vec![],
        payer: Phi::Clear(PayerClass::Commercial),
        place_of_service: Phi::Clear("10".try_into().unwrap()),
        date_of_service,
        basis: Some(Basis::MedicalDecisionMaking),
        minutes: None,
        audio_only_reason: None,
        unchecked: BTreeSet::from([Unchecked::PayerNotChecked]),
        rules: Phi::Clear(judged.because),
    }
    .into()
}

pub mod events {
    use super::*;

    pub fn minutes_attested(minutes: u16) -> Event {
        MinutesAttested {
            provider_id: id(PROVIDER),
            minutes,
            provider_minutes: 18,
            patient_minutes: 21,
            together_minutes: 17,
            evidence_positions: vec![8, 9, 13, 14],
        }
        .into()
    }

    pub fn charge_captured() -> Event {
        captured(CHARGE, None, "99213")
    }

    /// The same, pointing into the visit's diagnoses.
    pub fn charge_captured_for(pointers: &[u8]) -> Event {
        let Event::ChargeCaptured(charge) = charge_captured() else { unreachable!() };
        ChargeCaptured { diagnoses: Phi::Clear(vec![]), diagnosis_pointers: pointers.to_vec(), ..charge }.into()
    }

    /// The one that takes its place.
    pub fn charge_captured_instead() -> Event {
        captured(CHARGE + 1, Some(CHARGE), "99212")
    }

    pub fn charge_corrected() -> Event {
        let (charge_id, replaced_by) = (id(CHARGE), id(CHARGE + 1));
        ChargeCorrected { charge_id, replaced_by, reason: CorrectionReason::WrongCode }.into()
    }

    pub fn charge_voided() -> Event {
        ChargeVoided { charge_id: id(CHARGE), was_billed: true, reason: VoidReason::Duplicate }.into()
    }

    pub fn no_charge_recorded() -> Event {
        let details = Some(Phi::Clear(text("Feels the camera failed.")));
        NoChargeRecorded { reason: NoChargeReason::TechnicalFailure, details }.into()
    }

    pub fn billed() -> Event {
        Billed { charge_ids: vec![id(CHARGE)] }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![
            minutes_attested(24),
            charge_captured(),
            charge_corrected(),
            charge_voided(),
            no_charge_recorded(),
            billed(),
        ]
    }
}

pub mod commands {
    use super::*;

    fn what(code: &str) -> CaptureCharge {
        CaptureCharge {
            code: code.try_into().unwrap(),
            modifiers: vec!["95".try_into().unwrap()],
            units: 1,
            amount_cents: Some(9_200),
            diagnoses: vec!["J02.9".try_into().unwrap()],
            diagnosis_pointers: vec![],
            payer: Private(PayerClass::Commercial),
            patient_at_home: Private(true),
            place_of_service: None,
            basis: Some(Basis::MedicalDecisionMaking),
            audio_only_reason: None,
        }
    }

    pub fn attest_minutes(minutes: u16) -> Command {
        let evidence = CallEvidence {
            provider_minutes: 18,
            patient_minutes: 21,
            together_minutes: 17,
            positions: vec![8, 9, 13, 14],
        };
        Command::AttestMinutes(AttestMinutes { minutes }, evidence)
    }

    pub fn capture_charge(charge: u128) -> Command {
        let facts = ChargeFacts { charge_id: id(charge), reliance: Reliance::simulated() };
        Command::CaptureCharge(what("99213"), facts)
    }

    /// Corrects a charge; the right one has the next id after the example's.
    pub fn correct_charge(charge: u128) -> Command {
        let (charge_id, reason) = (id(charge), CorrectionReason::WrongCode);
        let facts = ChargeFacts { charge_id: id(CHARGE + 1), reliance: Reliance::simulated() };
        Command::CorrectCharge(CorrectCharge { charge_id, reason, correct: what("99212") }, facts)
    }

    pub fn void_charge(charge: u128) -> Command {
        Command::VoidCharge(VoidCharge { charge_id: id(charge), reason: VoidReason::Duplicate })
    }

    pub fn record_no_charge() -> Command {
        let details = Some(text("Feels the camera failed."));
        Command::RecordNoCharge(RecordNoCharge { reason: NoChargeReason::TechnicalFailure, details })
    }

    pub fn bill() -> Command {
        Command::Bill(Bill {})
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![
            (Role::Provider, attest_minutes(24)),
            (Role::Billing, capture_charge(CHARGE + 1)),
            (Role::Billing, correct_charge(CHARGE)),
            (Role::Billing, void_charge(CHARGE)),
            (Role::Billing, record_no_charge()),
            (Role::Billing, bill()),
        ]
    }
}
