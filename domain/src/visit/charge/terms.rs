//! Why nothing is charged, and why a charge is corrected or voided.

use crate::visit::declare::terms;

terms! {
    /// Why nothing is charged for a visit.
    NoChargeReason {
        /// The clinic does not ask for it.
        Courtesy,
        /// Technology failed.
        TechnicalFailure,
        /// It belongs to care that is paid for already.
        IncludedInOtherCare,
        /// Nothing that was done can be charged for.
        NotChargeable,
        /// The patient did not come back before care was given.
        PatientDidNotReturn,
    }

    /// Why a charge is corrected.
    CorrectionReason {
        /// Another code is right.
        WrongCode,
        /// Other modifiers, another place of service or another payer are right.
        WrongTerms,
        /// Other units or another amount are right.
        WrongAmount,
        /// Other diagnoses are right.
        WrongDiagnoses,
        /// The payer asked for it.
        PayerRequest,
    }

    /// Why a charge is voided.
    VoidReason {
        /// It should never have been recorded.
        EnteredInError,
        /// The same was charged twice.
        Duplicate,
        /// The clinic does not ask for it.
        Courtesy,
        /// The payer asked for it.
        PayerRequest,
    }
}
