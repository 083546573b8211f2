//! Why a patient waits on hold.

use crate::visit::declare::terms;

terms! {
    /// Why a waiting patient is put on hold.
    HoldReason {
        /// The provider has an emergency.
        ProviderEmergency,
        /// An interpreter is awaited.
        Interpreter,
        /// Papers or insurance are being sorted out.
        Paperwork,
        /// Picture or sound do not work.
        Technical,
        /// The patient asked for it.
        PatientRequest,
        /// Something else.
        Other,
    }
}
