//! Capture a charge, and send what was captured to be paid.

use crate::visit::declare::commands;
use crate::{ChargeId, DiagnosisCode, ProcedureCode};

commands! {
    /// Record what is to be charged for.
    CaptureCharge {
        /// What was done.
        code: ProcedureCode,
        /// How many units, 1 to 999.
        units: u32,
        /// The amount in cents, where a price is known.
        amount_cents: Option<u64>,
        /// What it was done for; 1 to 12 diagnoses, the first foremost.
        diagnoses: Vec<DiagnosisCode>,
    }

    /// Send every captured charge to be paid. Closes the visit.
    Bill {}
}

/// Fresh values for a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewCharge {
    /// The id the charge gets.
    pub charge_id: ChargeId,
}
