//! Give consent, decline it, or take it back.

use super::ConsentKind;
use crate::Code;
use crate::visit::declare::commands;

commands! {
    /// The patient consents.
    GiveConsent {
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// The patient does not consent.
    DeclineConsent {
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// The patient takes a consent back.
    WithdrawConsent {
        /// Which.
        kind: ConsentKind,
    }
}
