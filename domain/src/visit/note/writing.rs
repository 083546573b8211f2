//! Drafting a note, drafting it anew, signing it once, then only adding to it. What is signed is a hash of exactly what
//! was shown.

use super::body::addendum_sha256;
use super::{
    AddendNote, DraftNote, NewAddendum, NewNote, Note, NoteAddended, NoteDrafted, NoteSigned, NoteState, SignNote,
    content_sha256,
};
use crate::codes::hex;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, NoteId, Phi};

/// While notes are written and signed: in the visit, and after it until it is billed.
const OPEN: [State; 2] = [State::Admitted, State::Ended];
const WHILE_OPEN: &str = "notes are written and signed from admission until the visit is billed";

impl Visit {
    pub(in crate::visit) fn draft_note(&self, command: DraftNote, new: NewNote, actor: &Actor) -> Result<Event, Error> {
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

    pub(in crate::visit) fn sign_note(&self, command: SignNote, actor: &Actor) -> Result<Event, Error> {
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
    pub(in crate::visit) fn addend_note(
        &self,
        command: AddendNote,
        new: NewAddendum,
        actor: &Actor,
    ) -> Result<Event, Error> {
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
    use super::*;
    use crate::given::{actor, code, given, id};
    use crate::visit::example::{NOTE, commands::*, draft_hash, events::*, story};
    use crate::visit::{Command, NoteBody};
    use crate::{Role, Rules};

    fn admitted_without_note() -> Vec<Event> {
        let mut story = story(State::Admitted);
        story.pop();
        story
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
        let command = DraftNote { note_id: None, template_version: code("soap/1"), body: NoteBody::default() };
        let command = Command::DraftNote(command, NewNote { note_id: id(NOTE), salt: [0; 32] });
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
