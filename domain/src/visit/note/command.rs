//! Draft a note, sign it, add to it, correct it, say that it was entered in error; have it cosigned.

use super::{Attestation, NoteBody, SignatureFacts};
use crate::visit::declare::commands;
use crate::{AddendumId, Code, NoteId, ProviderId, Sha256Hex, Text};

commands! {
    /// Write a note, or write a draft anew. Each draft replaces the one before.
    DraftNote {
        /// The draft to write anew; absent for a new note.
        note_id: Option<NoteId>,
        /// The revision of the draft on which this one was written. Left out, it is the one that was saved last in the log.
        based_on: Option<u64>,
        /// Version of the template the note follows.
        template_version: Code,
        /// What it says.
        #[serde(deserialize_with = "super::strict_body")]
        body: NoteBody,
    }

    /// Sign the latest draft of a note.
    SignNote {
        /// Which note.
        note_id: NoteId,
        /// The hash of the draft the signer was shown.
        content_sha256: Sha256Hex,
        /// The clinic's log position that was rendered to the signer.
        rendered_at_position: u64,
    }

    /// Add to a signed note, which itself never changes.
    AddendNote {
        /// Which note.
        note_id: NoteId,
        /// What is added.
        body: Text<20000>,
    }

    /// Put other content in the place of what a signed note says. Correcting it signs it. What it said before stays in the
    /// record.
    CorrectNote {
        /// Which note.
        note_id: NoteId,
        /// The hash of what is corrected, as it was shown.
        signed_sha256: Sha256Hex,
        /// The clinic's log position that was shown.
        rendered_at_position: u64,
        /// Why.
        reason: Text<500>,
        /// Version of the template the right content follows.
        template_version: Code,
        /// What the note says instead, whole.
        #[serde(deserialize_with = "super::strict_body")]
        body: NoteBody,
    }

    /// Say that a note should not be there: it was written for another patient, or about nothing that happened. It stays in
    /// the record and is shown as such.
    EnterNoteInError {
        /// Which note.
        note_id: NoteId,
        /// Why.
        reason: Text<500>,
    }

    /// Ask another provider to cosign a signed note. Asked again, the new one is asked instead.
    RequestCosign {
        /// Which note.
        note_id: NoteId,
        /// Who is asked.
        cosigner_id: ProviderId,
    }

    /// Cosign a note, by whoever was asked to.
    CosignNote {
        /// Which note.
        note_id: NoteId,
        /// The hash of what the cosigner was shown.
        signed_sha256: Sha256Hex,
        /// What the cosigner attests to.
        attestation: Attestation,
        /// The clinic's log position that was shown.
        rendered_at_position: u64,
    }
}

/// What a correction needs besides what is said: a fresh salt, and what the log says of what its author was shown.
#[derive(Clone, PartialEq, Eq)]
pub struct CorrectionFacts {
    /// 32 random bytes.
    pub salt: [u8; 32],
    /// What the log says.
    pub signature: SignatureFacts,
}

/// What the clinic's register says of the provider who is asked to cosign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CosignerFacts {
    /// Whether they are registered.
    pub registered: bool,
}

/// Fresh values for a draft.
#[derive(Clone, PartialEq, Eq)]
pub struct NewNote {
    /// The id a new note gets; not used when a draft is written anew.
    pub note_id: NoteId,
    /// 32 random bytes, fresh for every draft.
    pub salt: [u8; 32],
}

/// Fresh values for an addendum.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAddendum {
    /// The id the addendum gets.
    pub addendum_id: AddendumId,
    /// 32 random bytes.
    pub salt: [u8; 32],
}

/// Without the salt: it is what keeps a note's hash from being guessed.
impl std::fmt::Debug for NewNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewNote").field("note_id", &self.note_id).finish_non_exhaustive()
    }
}

/// Without the salt, as for [`NewNote`].
impl std::fmt::Debug for NewAddendum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAddendum").field("addendum_id", &self.addendum_id).finish_non_exhaustive()
    }
}

/// Without the salt, as for [`NewNote`].
impl std::fmt::Debug for CorrectionFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CorrectionFacts").field("signature", &self.signature).finish_non_exhaustive()
    }
}
