//! What a patient is asked to consent to.

use crate::visit::declare::terms;

terms! {
    /// What a consent is about.
    ConsentKind {
        /// To be treated by telehealth.
        Telehealth,
        /// To have the call recorded.
        Recording,
    }
}
