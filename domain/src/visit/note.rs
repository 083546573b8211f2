//! Notes: drafted, drafted anew, signed once, then only added to. What is signed is a hash of exactly what was shown.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    AddendNote, DraftNote, Error, Event, NewAddendum, NewNote, NoteAddended, NoteDrafted, NoteSigned, SignNote, State,
    Visit,
};
use crate::codes::hex;
use crate::{Actor, AddendumId, Code, NoteId, Phi, ProviderId, Sha256Hex, Text};

/// What a note says, in the four sections of the trade.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoteBody {
    /// What the patient says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjective: Option<Text<20000>>,
    /// What the provider finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objective: Option<Text<20000>>,
    /// What the provider makes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Text<20000>>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Text<20000>>,
}

impl NoteBody {
    /// Whether no section has text.
    pub fn is_empty(&self) -> bool {
        self.sections().is_empty()
    }

    fn sections(&self) -> BTreeMap<&'static str, &str> {
        [
            ("subjective", &self.subjective),
            ("objective", &self.objective),
            ("assessment", &self.assessment),
            ("plan", &self.plan),
        ]
        .into_iter()
        .filter_map(|(name, section)| section.as_ref().map(|text| (name, text.as_str())))
        .collect()
    }

    /// The body as canonical JSON (RFC 8785): sorted names, no white space, empty sections left out.
    pub fn canonical_json(&self) -> Vec<u8> {
        // A map of strings to strings always serializes; the empty vector would only make hashes differ.
        serde_json::to_vec(&self.sections()).unwrap_or_default()
    }
}

/// Reads a body from a caller, who must not lose a section to a misspelt name. A stored body is read leniently.
pub(super) fn strict_body<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NoteBody, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        subjective: Option<Text<20000>>,
        objective: Option<Text<20000>>,
        assessment: Option<Text<20000>>,
        plan: Option<Text<20000>>,
    }
    let Strict { subjective, objective, assessment, plan } = Strict::deserialize(deserializer)?;
    Ok(NoteBody { subjective, objective, assessment, plan })
}

/// What a signature commits to: SHA-256 over `daybook/note/v1\n\0`, the 32 bytes of salt and the body as canonical JSON.
/// With the salt erased along with the body, nobody can try bodies against the hash.
pub fn content_sha256(salt: &[u8; 32], body: &NoteBody) -> Sha256Hex {
    Sha256Hex::of(&[b"daybook/note/v1\n\0", salt, &body.canonical_json()])
}

fn addendum_sha256(salt: &[u8; 32], body: &Text<20000>) -> Sha256Hex {
    let canonical = serde_json::to_vec(body.as_str()).unwrap_or_default();
    Sha256Hex::of(&[b"daybook/addendum/v1\n\0", salt, &canonical])
}

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

    pub(super) fn apply(&mut self, event: &Event) {
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

/// While notes are written and signed: in the visit, and after it until it is billed.
const OPEN: [State; 2] = [State::Admitted, State::Ended];
const WHILE_OPEN: &str = "notes are written and signed from admission until the visit is billed";

impl Visit {
    pub(super) fn draft_note(&self, command: DraftNote, new: NewNote, actor: &Actor) -> Result<Event, Error> {
        self.require(&OPEN, "draft-note", WHILE_OPEN)?;
        let author_id = self.require_own_provider(actor, "draft-note")?;
        let note_id = self.note_to_draft(command.note_id, new.note_id)?;
        if command.body.is_empty() {
            return Err(Error::NoteEmpty);
        }
        Ok(NoteDrafted {
            note_id,
            template_version: command.template_version,
            content_sha256: content_sha256(&new.salt, &command.body),
            body: Phi::Clear(command.body),
            salt: Phi::Clear(hex(&new.salt)),
            author_id,
        }
        .into())
    }

    fn note_to_draft(&self, existing: Option<NoteId>, fresh: NoteId) -> Result<NoteId, Error> {
        let Some(note_id) = existing else {
            return if self.notes().get(fresh).is_none() { Ok(fresh) } else { Err(Error::IdAlreadyUsed) };
        };
        match self.note(note_id)?.state {
            NoteState::Draft => Ok(note_id),
            NoteState::Signed => Err(Error::NoteAlreadySigned),
        }
    }

    pub(super) fn sign_note(&self, command: SignNote, actor: &Actor) -> Result<Event, Error> {
        let signer_id = self.require_own_provider(actor, "sign-note")?;
        let note = self.note(command.note_id)?;
        if note.state == NoteState::Signed {
            return Err(Error::NoteAlreadySigned);
        }
        self.require(&OPEN, "sign-note", WHILE_OPEN)?;
        if note.content_sha256 != command.content_sha256 {
            return Err(Error::NoteChanged);
        }
        Ok(NoteSigned {
            note_id: command.note_id,
            signer_id,
            content_sha256: command.content_sha256,
            template_version: note.template_version.clone(),
            rendered_at_position: command.rendered_at_position,
        }
        .into())
    }

    /// Possible as long as the record exists, after billing too: knowledge comes late.
    pub(super) fn addend_note(&self, command: AddendNote, new: NewAddendum, actor: &Actor) -> Result<Event, Error> {
        let author_id = self.require_own_provider(actor, "addend-note")?;
        let note = self.note(command.note_id)?;
        if note.state != NoteState::Signed {
            return Err(Error::NoteNotSigned);
        }
        if self.notes().iter().any(|(_, note)| note.addenda.contains(&new.addendum_id)) {
            return Err(Error::IdAlreadyUsed);
        }
        Ok(NoteAddended {
            note_id: command.note_id,
            addendum_id: new.addendum_id,
            content_sha256: addendum_sha256(&new.salt, &command.body),
            body: Phi::Clear(command.body),
            salt: Phi::Clear(hex(&new.salt)),
            author_id,
        }
        .into())
    }

    fn note(&self, id: NoteId) -> Result<&Note, Error> {
        self.notes().get(id).ok_or(Error::UnknownNote)
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{NOTE, commands::*, draft_hash, events::*, story};
    use super::*;
    use crate::given::{actor, given, id, text};
    use crate::{Role, Rules};

    fn admitted_without_note() -> Vec<Event> {
        let mut story = story(State::Admitted);
        story.pop();
        story
    }

    #[test]
    fn the_hash_is_over_label_salt_and_sorted_sections() {
        let body = NoteBody { plan: Some(text("b\nc")), assessment: Some(text("a")), ..NoteBody::default() };
        let canonical = br#"{"assessment":"a","plan":"b\nc"}"#;
        assert_eq!(body.canonical_json(), canonical);
        let salt = [7; 32];
        assert_eq!(content_sha256(&salt, &body), Sha256Hex::of(&[b"daybook/note/v1\n\0", &salt, canonical]));
        assert_ne!(content_sha256(&salt, &body), content_sha256(&[8; 32], &body));
    }

    #[test]
    fn notes_are_written_by_this_visits_provider_after_admission() {
        given::<Visit>(admitted_without_note()).when(Role::Provider, draft_note()).then([note_drafted()]);
        given::<Visit>(admitted_without_note()).when(Role::FrontDesk, draft_note()).refused("not-this-visits-provider");
        given::<Visit>(story(State::CheckedIn)).when(Role::Provider, draft_note()).refused("wrong-state");
        let ended_without_note = admitted_without_note().into_iter().chain([ended()]);
        given::<Visit>(ended_without_note).when(Role::Provider, draft_note()).then([note_drafted()]);
    }

    #[test]
    fn a_note_says_something() {
        let command =
            DraftNote { note_id: None, template_version: crate::given::code("soap/1"), body: NoteBody::default() };
        let command = super::super::Command::DraftNote(command, NewNote { note_id: id(NOTE), salt: [0; 32] });
        given::<Visit>(admitted_without_note()).when(Role::Provider, command).refused("note-empty");
    }

    #[test]
    fn a_draft_is_written_anew_until_it_is_signed() {
        let draft = given::<Visit>(story(State::Admitted));
        draft.when(Role::Provider, draft_anew(id(NOTE), "Antibiotics.")).then([drafted("Antibiotics.")]);
        draft.when(Role::Provider, draft_anew(id(55), "Antibiotics.")).refused("unknown-note");
        draft.when(Role::Provider, draft_note()).refused("id-already-used");
        given::<Visit>(story(State::Admitted).into_iter().chain([note_signed()]))
            .when(Role::Provider, draft_anew(id(NOTE), "Antibiotics."))
            .refused("note-already-signed");
    }

    #[test]
    fn only_the_latest_draft_can_be_signed() {
        given::<Visit>(story(State::Admitted)).when(Role::Provider, sign_note()).then([note_signed()]);
        given::<Visit>(story(State::Admitted).into_iter().chain([drafted("Antibiotics.")]))
            .when(Role::Provider, sign_note())
            .refused("note-changed");
    }

    #[test]
    fn a_note_is_signed_once_by_this_visits_provider() {
        let draft = given::<Visit>(story(State::Admitted));
        draft.when(Role::FrontDesk, sign_note()).refused("not-this-visits-provider");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(88));
        draft.when_by(colleague, sign_note()).refused("not-this-visits-provider");
        given::<Visit>(story(State::Ended)).when(Role::Provider, sign_note()).refused("note-already-signed");
        given::<Visit>(admitted_without_note()).when(Role::Provider, sign_note()).refused("unknown-note");
    }

    #[test]
    fn a_note_can_be_signed_after_the_end() {
        let ended = story(State::Admitted).into_iter().chain([ended()]);
        given::<Visit>(ended).when(Role::Provider, sign_note()).then([note_signed()]);
    }

    #[test]
    fn a_signed_note_is_only_added_to_even_after_billing() {
        given::<Visit>(story(State::Admitted)).when(Role::Provider, addend_note()).refused("note-not-signed");
        for state in [State::Ended, State::Closed] {
            given::<Visit>(story(state)).when(Role::Provider, addend_note()).then([note_addended()]);
        }
        given::<Visit>(story(State::Closed)).when(Role::Billing, addend_note()).refused("not-this-visits-provider");
        given::<Visit>(story(State::Closed).into_iter().chain([note_addended()]))
            .when(Role::Provider, addend_note())
            .refused("id-already-used");
    }

    #[test]
    fn an_addendum_leaves_the_signed_hash_alone() {
        let visit = Visit::replay(story(State::Closed).iter().chain(&[note_addended()]));
        let note = visit.notes().get(id(NOTE)).unwrap();
        assert_eq!((note.state, &note.content_sha256, note.addenda.len()), (NoteState::Signed, &draft_hash(), 1));
    }
}
