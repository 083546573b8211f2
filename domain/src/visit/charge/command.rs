//! Attest minutes, capture a charge, correct or void one, say that nothing is charged, and send what was captured to be
//! paid.

use super::{CorrectionReason, NoChargeReason, VoidReason};
use crate::law::Reliance;
use crate::law::billing::{AudioOnlyReason, Basis, Modifier, PayerClass, PlaceOfService};
use crate::visit::declare::commands;
use crate::{ChargeId, DiagnosisCode, Private, ProcedureCode, Text};

commands! {
    /// The provider attests how many minutes they spent on the visit on its day.
    AttestMinutes {
        /// How many, 1 to 1440.
        minutes: u16,
    }

    /// Record what is to be charged for.
    CaptureCharge {
        /// What was done, CPT or HCPCS.
        code: ProcedureCode,
        /// Modifiers of the code, at most 4, each once.
        #[serde(default)]
        modifiers: Vec<Modifier>,
        /// How many units, 1 to 999.
        units: u32,
        /// The amount in cents, where a price is known.
        amount_cents: Option<u64>,
        /// What it was done for; 1 to 12 diagnoses, the first foremost. Only where the visit has no list of diagnoses to
        /// point into.
        #[serde(default)]
        diagnoses: Vec<DiagnosisCode>,
        /// What it was done for: 1 to 4 numbers of the visit's diagnoses, the first foremost.
        #[serde(default)]
        diagnosis_pointers: Vec<u8>,
        /// Who is to pay.
        payer: Private<PayerClass>,
        /// Whether the patient was at home.
        patient_at_home: Private<bool>,
        /// The place of service; left out, it follows from where the patient was and the day. Needed for a code that is no
        /// telehealth service.
        place_of_service: Option<PlaceOfService>,
        /// What the code was chosen by, where it can be chosen by more than one thing.
        basis: Option<Basis>,
        /// Why there was no picture, where the payer asks.
        audio_only_reason: Option<Private<AudioOnlyReason>>,
    }

    /// Replace a captured or billed charge by the right one. A billed one has to be billed again.
    CorrectCharge {
        /// The charge that was wrong.
        charge_id: ChargeId,
        /// Why.
        reason: CorrectionReason,
        /// What is right.
        correct: CaptureCharge,
    }

    /// Take back a captured or billed charge.
    VoidCharge {
        /// Which charge.
        charge_id: ChargeId,
        /// Why.
        reason: VoidReason,
    }

    /// Say that nothing is charged for the visit. Closes it.
    RecordNoCharge {
        /// Why.
        reason: NoChargeReason,
        /// More about why.
        details: Option<Text<500>>,
    }

    /// Send every captured charge to be paid. Closes the visit.
    Bill {}
}

/// What a new charge needs besides what is said of it: a fresh id, and on which rules the clinic may rely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeFacts {
    /// The id the charge gets.
    pub charge_id: ChargeId,
    /// On which rules the clinic may rely.
    pub reliance: Reliance,
}

/// What the log tells of the call, as evidence beside the minutes the provider attests: see
/// [`CallTime`](crate::visit::CallTime).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallEvidence {
    /// Whole minutes the provider was connected.
    pub provider_minutes: u32,
    /// Whole minutes the patient was connected.
    pub patient_minutes: u32,
    /// Whole minutes both were.
    pub together_minutes: u32,
    /// Log positions of the observations this was counted from, in order.
    pub positions: Vec<u64>,
}
