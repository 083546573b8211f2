//! Minutes attested; charges captured, corrected, voided and billed; nothing charged.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{CorrectionReason, NoChargeReason, VoidReason};
use crate::law::Because;
use crate::law::billing::{AudioOnlyReason, Basis, Modifier, PayerClass, PlaceOfService, Unchecked};
use crate::visit::declare::payloads;
use crate::{ChargeId, DiagnosisCode, Phi, ProcedureCode, ProviderId, Text};

payloads! {
    /// The provider attested how many minutes they spent. What the call shows stands beside it as evidence; it is no rule
    /// that the two agree, because care goes on before and after the call.
    MinutesAttested {
        /// Who attested.
        provider_id: ProviderId,
        /// How many minutes, on the day of the visit.
        minutes: u16,
        /// Whole minutes the provider was seen connected.
        provider_minutes: u32,
        /// Whole minutes the patient was seen connected.
        patient_minutes: u32,
        /// Whole minutes both were seen connected.
        together_minutes: u32,
        /// Log positions of the observations that was counted from.
        evidence_positions: Vec<u64>,
    }

    /// What is to be charged for.
    ChargeCaptured {
        /// The charge.
        charge_id: ChargeId,
        /// The charge it replaces, where it corrects one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<ChargeId>,
        /// What was done, CPT or HCPCS.
        code: Phi<ProcedureCode>,
        /// Modifiers of the code; sealed, because they tell what was done and for whom.
        modifiers: Phi<Vec<Modifier>>,
        /// How many units.
        units: u32,
        /// The amount in cents; sealed, because with a price list it tells the code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount_cents: Option<Phi<u64>>,
        /// What it was done for, ICD-10-CM, the first foremost; empty where it points into the visit's diagnoses.
        diagnoses: Phi<Vec<DiagnosisCode>>,
        /// What it was done for, by the numbers of the visit's diagnoses, the first foremost.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        diagnosis_pointers: Vec<u8>,
        /// Who is to pay; sealed, because it tells about the patient's life.
        payer: Phi<PayerClass>,
        /// Place of service, by the rules of the day of service where they know; sealed, because it tells where the patient was.
        place_of_service: Phi<PlaceOfService>,
        /// The day of service, by the clinic's calendar.
        date_of_service: NaiveDate,
        /// What the code was chosen by, as far as it matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis: Option<Basis>,
        /// The minutes attested, of a code chosen by time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<u16>,
        /// Why there was no picture, where it was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        audio_only_reason: Option<Phi<AudioOnlyReason>>,
        /// What no rule could check: it was taken as it was given.
        unchecked: BTreeSet<Unchecked>,
        /// The rules it was judged by, with what they said then; sealed, because they name the code.
        rules: Phi<Vec<Because>>,
    }

    /// A charge was wrong; another one takes its place.
    ChargeCorrected {
        /// The charge that was wrong.
        charge_id: ChargeId,
        /// The one that is right, recorded next.
        replaced_by: ChargeId,
        /// Why.
        reason: CorrectionReason,
    }

    /// A charge was taken back.
    ChargeVoided {
        /// Which charge.
        charge_id: ChargeId,
        /// Whether it had been billed, so that the payer must be told.
        was_billed: bool,
        /// Why.
        reason: VoidReason,
    }

    /// Nothing is charged for the visit, and it is closed.
    NoChargeRecorded {
        /// Why.
        reason: NoChargeReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
    }

    /// The charges went out to be paid, and the visit is closed.
    Billed {
        /// Which charges.
        charge_ids: Vec<ChargeId>,
    }
}
