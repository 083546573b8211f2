//! Signing a note, once. What is signed is a hash of exactly what was shown, with the sections its template requires and
//! the consents as they stood.

use super::{CosignRequested, NoteSigned, NoteState, SignNote, SignatureFacts, Template, signed_sha256};
use crate::Actor;
use crate::visit::{Error, Event, State, Visit};

/// Also once closed: a draft is there then only in place of a note that was entered in error.
const OPEN: [State; 3] = [State::Admitted, State::Ended, State::Closed];

impl Visit {
    pub(in crate::visit) fn sign_note(
        &self,
        command: SignNote,
        facts: SignatureFacts,
        actor: &Actor,
    ) -> Result<Vec<Event>, Error> {
        let signer_id = self.require_own_provider(actor, "sign-note")?;
        let note = self.note(command.note_id)?;
        match note.state {
            NoteState::Draft => {}
            NoteState::Signed => return Err(Error::NoteAlreadySigned),
            NoteState::EnteredInError => return Err(Error::NoteInError),
        }
        self.require(&OPEN, "sign-note", "notes are signed from admission on")?;
        if note.content_sha256 != command.content_sha256 {
            return Err(Error::NoteChanged);
        }
        if facts.saved_revision > note.revision {
            return Err(Error::DraftNewer { newest: facts.saved_revision });
        }
        facts.require_shown(command.rendered_at_position)?;
        // A draft by a template this program no longer has was checked when it was written.
        if let Some(template) = Template::named(&note.template_version) {
            template.require(&note.sections)?;
        }
        let note_id = command.note_id;
        let signed = NoteSigned {
            note_id,
            signer_id,
            signed_sha256: signed_sha256(&note.content_sha256, &note.template_version, &facts.consents),
            content_sha256: command.content_sha256,
            template_version: note.template_version.clone(),
            consents: facts.consents,
            rendered_at_position: command.rendered_at_position,
        };
        // What is written under supervision is asked to be cosigned by the signature itself, so that nobody forgets to.
        let request = self.supervisor_of(signer_id).map(|cosigner_id| CosignRequested {
            note_id,
            cosigner_id,
            requested_by: signer_id,
        });
        Ok(std::iter::once(signed.into()).chain(request.map(Event::from)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, code, given, id};
    use crate::visit::example::{NOTE, commands::*, consents, draft_hash, events::*, sections, signature_facts, story};
    use crate::visit::{Command, NoteDrafted, content_sha256};
    use crate::{Phi, Role};

    fn draft_in(story: Vec<Event>, more: &[Event]) -> crate::given::Given<Visit> {
        given(story.into_iter().chain(more.to_vec()))
    }

    #[test]
    fn only_the_latest_draft_can_be_signed() {
        draft_in(story(State::Admitted), &[]).when(Role::Provider, sign_note()).then([note_signed()]);
        draft_in(story(State::Admitted), &[drafted("Antibiotics.")])
            .when(Role::Provider, sign_note())
            .refused("note-changed");
    }

    #[test]
    fn a_note_is_signed_once_by_this_visits_provider() {
        let draft = draft_in(story(State::Admitted), &[]);
        draft.when(Role::FrontDesk, sign_note()).refused("not-this-visits-provider");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(88));
        draft.when_by(colleague, sign_note()).refused("not-this-visits-provider");
        given::<Visit>(story(State::Ended)).when(Role::Provider, sign_note()).refused("note-already-signed");
        let mut unwritten = story(State::Admitted);
        unwritten.pop();
        given::<Visit>(unwritten).when(Role::Provider, sign_note()).refused("unknown-note");
    }

    #[test]
    fn a_note_can_be_signed_after_the_end() {
        draft_in(story(State::Admitted), &[ended()]).when(Role::Provider, sign_note()).then([note_signed()]);
    }

    #[test]
    fn the_position_that_was_shown_is_one_the_log_has_reached_and_not_older_than_what_is_signed() {
        let draft = draft_in(story(State::Admitted), &[]);
        let shown_at = |rendered_at_position| {
            let command = SignNote { note_id: id(NOTE), content_sha256: draft_hash(), rendered_at_position };
            draft.when(Role::Provider, Command::SignNote(command, signature_facts()))
        };
        let SignatureFacts { head, content_position, .. } = signature_facts();
        for position in [0, content_position - 1, head + 1, u64::MAX] {
            shown_at(position).refused("rendered-position-wrong");
        }
        for position in [content_position, head] {
            assert_eq!(shown_at(position).events().len(), 1);
        }
    }

    #[test]
    fn what_was_saved_beside_the_log_after_the_draft_has_to_be_drafted_first() {
        let command = SignNote { note_id: id(NOTE), content_sha256: draft_hash(), rendered_at_position: 40 };
        let sign = |saved_revision| {
            let facts = SignatureFacts { saved_revision, ..signature_facts() };
            draft_in(story(State::Admitted), &[]).when(Role::Provider, Command::SignNote(command.clone(), facts))
        };
        sign(2).refused("draft-newer");
        sign(1).then([note_signed()]);
    }

    #[test]
    fn a_consent_that_was_answered_after_what_was_shown_has_to_be_shown_first() {
        let mut facts = signature_facts();
        facts.consents[0].position = 50;
        let sign = |rendered_at_position| {
            let command = SignNote { note_id: id(NOTE), content_sha256: draft_hash(), rendered_at_position };
            let command = Command::SignNote(command, facts.clone());
            draft_in(story(State::Admitted), &[]).when(Role::Provider, command)
        };
        sign(49).refused("rendered-position-wrong");
        assert_eq!(sign(50).events().len(), 1);
    }

    #[test]
    fn the_consents_as_they_stood_are_part_of_what_is_signed() {
        let signed = draft_in(story(State::Admitted), &[]).when(Role::Provider, sign_note()).events();
        let [Event::NoteSigned(signed)] = &signed[..] else { panic!("one event") };
        assert_eq!(signed.consents, consents());
        assert_eq!(signed.signed_sha256, signed_sha256(&draft_hash(), &code("soap/1"), &consents()));
        assert_ne!(signed.signed_sha256, signed_sha256(&draft_hash(), &code("soap/1"), &[]));
    }

    #[test]
    fn a_note_without_a_section_its_template_requires_is_a_draft_and_nothing_more() {
        let body = sections(&[("objective", "Well."), ("plan", "Rest.")]);
        let content_sha256 = content_sha256(&[7; 32], &body);
        let Event::NoteDrafted(draft) = note_drafted() else { unreachable!() };
        let draft = NoteDrafted {
            sections: body.keys(),
            body: Phi::Clear(body),
            content_sha256: content_sha256.clone(),
            ..draft
        };
        draft_in(story(State::Admitted), &[draft.into()])
            .when(Role::Provider, sign(content_sha256))
            .refused("section-missing");
    }
}
