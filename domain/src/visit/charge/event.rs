//! Charges captured, and sent to be paid.

use crate::visit::declare::payloads;
use crate::{ChargeId, DiagnosisCode, Phi, ProcedureCode};

payloads! {
    /// What is to be charged for.
    ChargeCaptured {
        /// The charge.
        charge_id: ChargeId,
        /// What was done, CPT or HCPCS.
        code: Phi<ProcedureCode>,
        /// How many units.
        units: u32,
        /// The amount in cents; sealed, because with a price list it tells the code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount_cents: Option<Phi<u64>>,
        /// What it was done for, ICD-10-CM, the first foremost.
        diagnoses: Phi<Vec<DiagnosisCode>>,
    }

    /// The charges went out to be paid, and the visit is closed.
    Billed {
        /// Which charges.
        charge_ids: Vec<ChargeId>,
    }
}
