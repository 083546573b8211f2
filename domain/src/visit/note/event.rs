//! A note drafted, signed, and added to.

use super::NoteBody;
use crate::visit::declare::payloads;
use crate::{AddendumId, Code, NoteId, Phi, ProviderId, Sha256Hex, Text};

payloads! {
    /// A note was written; it replaces every earlier draft of the same note.
    NoteDrafted {
        /// Which note.
        note_id: NoteId,
        /// Version of the template it follows.
        template_version: Code,
        /// What it says: subjective, objective, assessment, plan.
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
        /// The hash of what was signed.
        content_sha256: Sha256Hex,
        /// Version of the template it follows.
        template_version: Code,
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
}
