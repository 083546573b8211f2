//! Draft a note, sign it, add to it.

use super::NoteBody;
use crate::visit::declare::commands;
use crate::{AddendumId, Code, NoteId, Sha256Hex, Text};

commands! {
    /// Write a note, or write a draft anew. Each draft replaces the one before.
    DraftNote {
        /// The draft to write anew; absent for a new note.
        note_id: Option<NoteId>,
        /// Version of the template the note follows.
        template_version: Code,
        /// What it says.
        #[serde(deserialize_with = "super::body::strict")]
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
