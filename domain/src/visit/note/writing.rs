//! Drafting a note by a template, drafting it anew until it is signed, and adding to it afterwards.

use super::body::addendum_sha256;
use super::{
    AddendNote, DraftNote, NewAddendum, NewNote, Note, NoteAddended, NoteBody, NoteDrafted, NoteState, Template,
    content_sha256,
};
use crate::codes::hex;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Code, NoteId, Phi};

/// While notes are written and signed: in the visit, and after it until it is billed.
const OPEN: [State; 2] = [State::Admitted, State::Ended];
const WHILE_OPEN: &str = "notes are written from admission until the visit is billed, and after that only in place of one \
                          that was entered in error";

impl Visit {
    pub(in crate::visit) fn draft_note(&self, command: DraftNote, new: NewNote, actor: &Actor) -> Result<Event, Error> {
        // A closed visit whose only note was an error is without one: it may be written.
        if self.state() != State::Closed || !self.notes().needs_another() {
            self.require(&OPEN, "draft-note", WHILE_OPEN)?;
        }
        let author_id = self.require_own_provider(actor, "draft-note")?;
        let (note_id, revision) = self.note_to_draft(command.note_id, new.note_id, command.based_on)?;
        template_of(&command.template_version, &command.body)?;
        Ok(NoteDrafted {
            note_id,
            revision,
            template_version: command.template_version,
            sections: command.body.keys(),
            content_sha256: content_sha256(&new.salt, &command.body),
            body: Phi::Clear(command.body),
            salt: Phi::Clear(hex(&new.salt)),
            author_id,
        }
        .into())
    }

    /// Which note is written, and as which revision. What was saved beside the log is compared where it is kept; here only
    /// that nothing newer is in the log.
    fn note_to_draft(
        &self,
        existing: Option<NoteId>,
        fresh: NoteId,
        based_on: Option<u64>,
    ) -> Result<(NoteId, u64), Error> {
        let Some(note_id) = existing else {
            return if self.notes().get(fresh).is_none() { Ok((fresh, 1)) } else { Err(Error::IdAlreadyUsed) };
        };
        let note = self.note(note_id)?;
        match note.state {
            NoteState::Draft => {}
            NoteState::Signed => return Err(Error::NoteAlreadySigned),
            NoteState::EnteredInError => return Err(Error::NoteInError),
        }
        match based_on.unwrap_or(note.revision) {
            older if older < note.revision => Err(Error::DraftNewer { newest: note.revision }),
            newest => Ok((note_id, newest.saturating_add(1))),
        }
    }

    /// Possible as long as the record exists, after billing too: knowledge comes late.
    pub(in crate::visit) fn addend_note(
        &self,
        command: AddendNote,
        new: NewAddendum,
        actor: &Actor,
    ) -> Result<Event, Error> {
        let author_id = self.require_own_provider(actor, "addend-note")?;
        self.signed_note(command.note_id)?;
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

    pub(super) fn note(&self, id: NoteId) -> Result<&Note, Error> {
        self.notes().get(id).ok_or(Error::UnknownNote)
    }

    /// A note that is signed and no error.
    pub(super) fn signed_note(&self, id: NoteId) -> Result<&Note, Error> {
        let note = self.note(id)?;
        match note.state {
            NoteState::Signed => Ok(note),
            NoteState::Draft => Err(Error::NoteNotSigned),
            NoteState::EnteredInError => Err(Error::NoteInError),
        }
    }
}

/// The template that content follows, which fits it and says something.
pub(super) fn template_of(version: &Code, body: &NoteBody) -> Result<&'static Template, Error> {
    let template = Template::named(version).ok_or_else(|| {
        let known: Vec<_> = Template::all().iter().map(|template| template.version.as_str()).collect();
        Error::UnknownTemplate { known: known.join(", ") }
    })?;
    if body.is_empty() {
        return Err(Error::NoteEmpty);
    }
    template.check(body).map(|()| template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{code, given, id};
    use crate::visit::Command;
    use crate::visit::example::{NOTE, commands::*, draft_hash, events::*, sections, story};
    use crate::{Role, Rules};

    fn admitted_without_note() -> Vec<Event> {
        let mut story = story(State::Admitted);
        story.pop();
        story
    }

    fn draft_with(template: &str, body: NoteBody) -> Command {
        let command = DraftNote { note_id: None, based_on: None, template_version: code(template), body };
        Command::DraftNote(command, NewNote { note_id: id(NOTE), salt: [0; 32] })
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
    fn a_draft_says_something_in_the_sections_of_its_template_and_need_not_be_complete() {
        let admitted = given::<Visit>(admitted_without_note());
        let drafts =
            |template, body: &[(&str, &str)]| admitted.when(Role::Provider, draft_with(template, sections(body)));
        drafts("soap/1", &[]).refused("note-empty");
        drafts("soap/99", &[("plan", "Rest.")]).refused("unknown-template");
        drafts("soap/1", &[("advice", "Rest.")]).refused("section-not-in-template");
        drafts("phone/1", &[("reason", &"x".repeat(2_001))]).refused("section-too-long");
        assert_eq!(drafts("soap/1", &[("objective", "Well.")]).events().len(), 1);
        assert_eq!(drafts("phone/1", &[("advice", "Rest.")]).events().len(), 1);
    }

    #[test]
    fn a_draft_is_written_anew_until_it_is_signed() {
        let draft = given::<Visit>(story(State::Admitted));
        draft.when(Role::Provider, draft_anew(id(NOTE), "Antibiotics.")).then([revised(2, "Antibiotics.")]);
        draft.when(Role::Provider, draft_anew(id(55), "Antibiotics.")).refused("unknown-note");
        draft.when(Role::Provider, draft_note()).refused("id-already-used");
        given::<Visit>(story(State::Admitted).into_iter().chain([note_signed()]))
            .when(Role::Provider, draft_anew(id(NOTE), "Antibiotics."))
            .refused("note-already-signed");
    }

    #[test]
    fn a_draft_is_written_on_the_newest_one() {
        let draft = given::<Visit>(story(State::Admitted).into_iter().chain([revised(7, "Antibiotics.")]));
        let on = |based_on| {
            let Command::DraftNote(command, new) = draft_anew(id(NOTE), "Rest.") else { unreachable!() };
            draft.when(Role::Provider, Command::DraftNote(DraftNote { based_on, ..command }, new))
        };
        on(Some(6)).refused("draft-newer");
        on(None).then([revised(8, "Rest.")]);
        on(Some(7)).then([revised(8, "Rest.")]);
        // What was saved beside the log since then counts on.
        on(Some(5_000)).then([revised(5_001, "Rest.")]);
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
