//! What a patient is asked to consent to, and what a proxy answers.

use crate::visit::declare::terms;

terms! {
    /// What a consent is about.
    ConsentKind {
        /// To be treated by telehealth.
        Telehealth,
        /// To have the call recorded.
        Recording,
    }

    /// What a proxy answers when asked for consent.
    ProxyAnswer {
        /// Yes.
        Given,
        /// No.
        Declined,
    }
}
