//! The notes of a visit, each its own machine: a draft, then signed for good and only added to or corrected; or entered in
//! error. And, beside it, whether a cosigner was asked.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{NoteCorrected, NoteDrafted, NoteSigned};
use crate::visit::Event;
use crate::{AddendumId, Code, NoteId, ProviderId, Sha256Hex};

/// Where a note stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteState {
    /// May still be written anew.
    Draft,
    /// What was signed never changes; a correction is signed beside it.
    Signed,
    /// Should not be there, and counts for nothing.
    EnteredInError,
}

/// Whether a note is cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CosignState {
    /// Asked for, and outstanding; also once what was cosigned is corrected.
    Requested,
    /// What the note says is cosigned.
    Cosigned,
}

/// Who cosigns a note, and whether they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cosign {
    /// Who was asked.
    pub cosigner: ProviderId,
    /// Whether they have.
    pub state: CosignState,
}

/// One note, without what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Where it stands.
    pub state: NoteState,
    /// The revision of its latest draft.
    pub revision: u64,
    /// The hash of what it says: of its latest draft; once signed, of what was signed; once corrected, of the correction.
    pub content_sha256: Sha256Hex,
    /// Version of the template that what it says follows.
    pub template_version: Code,
    /// The keys of the sections that say something.
    pub sections: BTreeSet<Code>,
    /// Who wrote what it says.
    pub author: ProviderId,
    /// Who signed it first.
    pub signer: Option<ProviderId>,
    /// What the newest signature on it commits to.
    pub signed_sha256: Option<Sha256Hex>,
    /// How often it was corrected.
    pub corrections: u32,
    /// Whether a cosigner was asked.
    pub cosign: Option<Cosign>,
    /// What was added since, oldest first.
    pub addenda: Vec<AddendumId>,
}

impl Note {
    fn drafted(drafted: &NoteDrafted) -> Self {
        Self {
            state: NoteState::Draft,
            revision: drafted.revision,
            content_sha256: drafted.content_sha256.clone(),
            template_version: drafted.template_version.clone(),
            sections: drafted.sections.clone(),
            author: drafted.author_id,
            signer: None,
            signed_sha256: None,
            corrections: 0,
            cosign: None,
            addenda: Vec::new(),
        }
    }

    fn sign(&mut self, signed: &NoteSigned) {
        self.state = NoteState::Signed;
        self.signer = Some(signed.signer_id);
        self.signed_sha256 = Some(signed.signed_sha256.clone());
    }

    /// What a cosigner signed is no longer what the note says.
    fn correct(&mut self, corrected: &NoteCorrected) {
        self.content_sha256 = corrected.content_sha256.clone();
        self.template_version = corrected.template_version.clone();
        self.sections = corrected.sections.clone();
        self.author = corrected.author_id;
        self.signed_sha256 = Some(corrected.signed_sha256.clone());
        self.corrections += 1;
        if let Some(cosign) = &mut self.cosign {
            cosign.state = CosignState::Requested;
        }
    }
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

    /// Whether a signed note stands, and none is left unsigned.
    pub fn all_signed(&self) -> bool {
        self.any(NoteState::Signed) && !self.any(NoteState::Draft)
    }

    /// Whether nothing was begun that is not finished: no draft is left, and where a note had been signed, one stands. Also
    /// of a visit without notes.
    pub fn none_unfinished(&self) -> bool {
        !self.any(NoteState::Draft) && !self.needs_another()
    }

    /// Whether every note that was signed turned out to be an error, so that another one has to take its place.
    pub fn needs_another(&self) -> bool {
        self.0.values().any(|note| note.signer.is_some()) && !self.any(NoteState::Signed)
    }

    /// Whether no note that counts waits for its cosigner.
    pub fn all_cosigned(&self) -> bool {
        let waits = |note: &Note| note.cosign.is_some_and(|cosign| cosign.state == CosignState::Requested);
        !self.0.values().any(|note| note.state == NoteState::Signed && waits(note))
    }

    /// Everybody who is asked to cosign a note that counts, or has.
    pub fn cosigners(&self) -> impl Iterator<Item = ProviderId> {
        let counts = self.0.values().filter(|note| note.state == NoteState::Signed);
        counts.filter_map(|note| note.cosign.map(|cosign| cosign.cosigner))
    }

    fn any(&self, state: NoteState) -> bool {
        self.0.values().any(|note| note.state == state)
    }

    pub(in crate::visit) fn apply(&mut self, event: &Event) {
        match event {
            Event::NoteDrafted(drafted) => {
                self.0.insert(drafted.note_id, Note::drafted(drafted));
            }
            Event::NoteSigned(signed) => self.change(signed.note_id, |note| note.sign(signed)),
            Event::NoteAddended(addended) => {
                self.change(addended.note_id, |note| note.addenda.push(addended.addendum_id));
            }
            Event::NoteCorrected(corrected) => self.change(corrected.note_id, |note| note.correct(corrected)),
            Event::NoteEnteredInError(error) => {
                self.change(error.note_id, |note| note.state = NoteState::EnteredInError);
            }
            Event::CosignRequested(requested) => self.change(requested.note_id, |note| {
                note.cosign = Some(Cosign { cosigner: requested.cosigner_id, state: CosignState::Requested });
            }),
            Event::Cosigned(cosigned) => self.change(cosigned.note_id, |note| {
                note.cosign = Some(Cosign { cosigner: cosigned.cosigner_id, state: CosignState::Cosigned });
            }),
            _ => {}
        }
    }

    fn change(&mut self, id: NoteId, change: impl FnOnce(&mut Note)) {
        if let Some(note) = self.0.get_mut(&id) {
            change(note);
        }
    }
}
