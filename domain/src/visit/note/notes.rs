//! The notes of a visit, each its own machine: a draft, then signed for good and only added to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::visit::Event;
use crate::{AddendumId, Code, NoteId, ProviderId, Sha256Hex};

/// Where a note stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteState {
    /// May still be written anew.
    Draft,
    /// Never changes again.
    Signed,
}

/// One note, without what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Where it stands.
    pub state: NoteState,
    /// The hash of its latest draft, which is what was signed once it is signed.
    pub content_sha256: Sha256Hex,
    /// Version of the template of its latest draft.
    pub template_version: Code,
    /// Who signed it.
    pub signer: Option<ProviderId>,
    /// What was added since, oldest first.
    pub addenda: Vec<AddendumId>,
}

/// The notes of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes(BTreeMap<NoteId, Note>);

impl Notes {
    /// One note.
    pub fn get(&self, id: NoteId) -> Option<&Note> {
        self.0.get(&id)
    }

    /// Every note.
    pub fn iter(&self) -> impl Iterator<Item = (NoteId, &Note)> {
        self.0.iter().map(|(id, note)| (*id, note))
    }

    /// Whether there is a note, and none is left unsigned.
    pub fn all_signed(&self) -> bool {
        !self.0.is_empty() && self.0.values().all(|note| note.state == NoteState::Signed)
    }

    pub(in crate::visit) fn apply(&mut self, event: &Event) {
        match event {
            Event::NoteDrafted(drafted) => {
                self.0.insert(
                    drafted.note_id,
                    Note {
                        state: NoteState::Draft,
                        content_sha256: drafted.content_sha256.clone(),
                        template_version: drafted.template_version.clone(),
                        signer: None,
                        addenda: Vec::new(),
                    },
                );
            }
            Event::NoteSigned(signed) => {
                if let Some(note) = self.0.get_mut(&signed.note_id) {
                    note.state = NoteState::Signed;
                    note.signer = Some(signed.signer_id);
                }
            }
            Event::NoteAddended(addended) => {
                if let Some(note) = self.0.get_mut(&addended.note_id) {
                    note.addenda.push(addended.addendum_id);
                }
            }
            _ => {}
        }
    }
}
