//! A note drafted, signed, added to, corrected, entered in error, and cosigned.

use std::collections::BTreeSet;

use super::{Attestation, ConsentMoment, NoteBody};
use crate::visit::declare::payloads;
use crate::{AddendumId, Code, NoteId, Phi, ProviderId, Sha256Hex, Text};

payloads! {
    /// A note was written; it replaces every earlier draft of the same note.
    NoteDrafted {
        /// Which note.
        note_id: NoteId,
        /// Counts what was saved of the draft, from 1, with what was saved beside the log while it was being written.
        revision: u64,
        /// Version of the template it follows.
        template_version: Code,
        /// The keys of the sections that say something: a note is signed with those its template requires.
        sections: BTreeSet<Code>,
        /// What it says, section by section.
        body: Phi<NoteBody>,
        /// Random bytes in hexadecimal that go into the hash, so that it cannot be guessed once the body is erased.
        salt: Phi<String>,
        /// SHA-256 over `daybook/note/v1\n\0`, salt and the body as canonical JSON.
        content_sha256: Sha256Hex,
        /// Who wrote it.
        author_id: ProviderId,
    }

    /// A note was signed: from here on it never changes.
    NoteSigned {
        /// Which note.
        note_id: NoteId,
        /// Who signed.
        signer_id: ProviderId,
        /// The hash of the draft that was signed.
        content_sha256: Sha256Hex,
        /// Version of the template it follows.
        template_version: Code,
        /// The consents as they stood, entered by the system.
        consents: Vec<ConsentMoment>,
        /// What the signature commits to: SHA-256 over `daybook/signed-note/v1\n\0`, and content's hash, template and
        /// consents as canonical JSON.
        signed_sha256: Sha256Hex,
        /// The clinic's log position that was rendered to the signer.
        rendered_at_position: u64,
    }

    /// Something was added to a signed note.
    NoteAddended {
        /// Which note.
        note_id: NoteId,
        /// The addendum.
        addendum_id: AddendumId,
        /// What was added.
        body: Phi<Text<20000>>,
        /// Random bytes in hexadecimal that go into the hash.
        salt: Phi<String>,
        /// SHA-256 over `daybook/addendum/v1\n\0`, salt and the body as a JSON string.
        content_sha256: Sha256Hex,
        /// Who wrote and signed it.
        author_id: ProviderId,
    }

    /// What a signed note said was wrong; from here on it says this. What it said before stands where it was signed.
    NoteCorrected {
        /// Which note.
        note_id: NoteId,
        /// What the signature on the old content committed to.
        replaces_sha256: Sha256Hex,
        /// Why.
        reason: Phi<Text<500>>,
        /// Version of the template the new content follows.
        template_version: Code,
        /// The keys of the sections that say something.
        sections: BTreeSet<Code>,
        /// What it says now, whole.
        body: Phi<NoteBody>,
        /// Random bytes in hexadecimal that go into the hash.
        salt: Phi<String>,
        /// The hash of the new content, as of a draft.
        content_sha256: Sha256Hex,
        /// The consents as they stood at the correction, entered by the system.
        consents: Vec<ConsentMoment>,
        /// What the corrector's signature commits to, as of a signed note.
        signed_sha256: Sha256Hex,
        /// Who corrected and signed it.
        author_id: ProviderId,
        /// The clinic's log position that was rendered to the corrector.
        rendered_at_position: u64,
    }

    /// A note should not have been written. It stays where it is and is shown as what it is.
    NoteEnteredInError {
        /// Which note.
        note_id: NoteId,
        /// Why.
        reason: Phi<Text<500>>,
        /// Who says so.
        provider_id: ProviderId,
    }

    /// Somebody was asked to cosign a signed note.
    CosignRequested {
        /// Which note.
        note_id: NoteId,
        /// Who is asked.
        cosigner_id: ProviderId,
        /// Who asks.
        requested_by: ProviderId,
    }

    /// A note was cosigned.
    Cosigned {
        /// Which note.
        note_id: NoteId,
        /// Who cosigned.
        cosigner_id: ProviderId,
        /// What they attest to.
        attestation: Attestation,
        /// What the author's signature committed to, as it was shown to the cosigner.
        signed_sha256: Sha256Hex,
        /// The clinic's log position that was rendered to the cosigner.
        rendered_at_position: u64,
    }
}
