//! What a visit can come to.

use crate::visit::declare::terms;

terms! {
    /// How a visit came out.
    Outcome {
        /// Care was given as intended.
        Completed,
        /// The patient is to be seen in person.
        InPersonNeeded,
        /// The patient was sent to emergency care.
        EmergencyReferral,
        /// The patient dropped out and did not come back.
        PatientDidNotReturn,
        /// Technology failed and could not be worked around.
        TechnicalFailure,
    }
}
