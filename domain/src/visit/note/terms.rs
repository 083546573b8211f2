//! How somebody attests to another's note, and what became of a question for consent.

use crate::visit::declare::terms;

terms! {
    /// What a cosigner attests to.
    Attestation {
        /// Saw the patient as well, and agrees with the note.
        SawPatient,
        /// Was there for the key portions, and agrees with the note.
        PresentForKeyPortions,
        /// Discussed the case with the author, and agrees with the note.
        DiscussedWithAuthor,
        /// Read the note, and agrees with it.
        ReviewedNote,
    }

    /// What became of a question for consent.
    ConsentAnswer {
        /// Given, and standing.
        Given,
        /// Asked, and declined.
        Declined,
        /// Given once, and taken back.
        Withdrawn,
    }
}
