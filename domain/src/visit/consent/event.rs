//! Consent given, declined, and taken back.

use super::ConsentKind;
use crate::Code;
use crate::visit::Participant;
use crate::visit::declare::payloads;

payloads! {
    /// The patient consented.
    ConsentGiven {
        /// Who consented.
        participant: Participant,
        /// To what.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// The patient did not consent.
    ConsentDeclined {
        /// Who declined.
        participant: Participant,
        /// What.
        kind: ConsentKind,
        /// Version of the text they were shown.
        text_version: Code,
    }

    /// The patient took a consent back.
    ConsentWithdrawn {
        /// Whose consent.
        participant: Participant,
        /// To what.
        kind: ConsentKind,
        /// Version of the text that had been consented to.
        text_version: Code,
    }
}
