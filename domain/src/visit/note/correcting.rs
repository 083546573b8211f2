//! What is done about a signed note that is wrong: other content is put in its place, with the old beside it; or, if it
//! should not be there at all, it is marked so. Nothing is taken out of the record. Both are possible as long as the record
//! exists, after billing too.

use super::writing::template_of;
use super::{
    CorrectNote, CorrectionFacts, EnterNoteInError, NoteCorrected, NoteEnteredInError, NoteState, content_sha256,
    signed_sha256,
};
use crate::codes::hex;
use crate::visit::{Error, Event, Visit};
use crate::{Actor, Phi};

impl Visit {
    /// The corrector names what is corrected, and was shown it: a correction of something else is none.
    pub(in crate::visit) fn correct_note(
        &self,
        command: CorrectNote,
        facts: CorrectionFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        let author_id = self.require_own_provider(actor, "correct-note")?;
        let note = self.signed_note(command.note_id)?;
        if note.signed_sha256.as_ref() != Some(&command.signed_sha256) {
            return Err(Error::NoteChanged);
        }
        let CorrectionFacts { salt, signature } = facts;
        signature.require_shown(command.rendered_at_position)?;
        let sections = command.body.keys();
        template_of(&command.template_version, &command.body)?.require(&sections)?;
        let content_sha256 = content_sha256(&salt, &command.body);
        Ok(NoteCorrected {
            note_id: command.note_id,
            replaces_sha256: command.signed_sha256,
            reason: Phi::Clear(command.reason),
            sections,
            body: Phi::Clear(command.body),
            salt: Phi::Clear(hex(&salt)),
            signed_sha256: signed_sha256(&content_sha256, &command.template_version, &signature.consents),
            content_sha256,
            template_version: command.template_version,
            consents: signature.consents,
            author_id,
            rendered_at_position: command.rendered_at_position,
        }
        .into())
    }

    /// Also of a draft, which would otherwise have to be signed before the visit is billed.
    pub(in crate::visit) fn enter_note_in_error(
        &self,
        command: EnterNoteInError,
        actor: &Actor,
    ) -> Result<Event, Error> {
        let provider_id = self.require_own_provider(actor, "enter-note-in-error")?;
        if self.note(command.note_id)?.state == NoteState::EnteredInError {
            return Err(Error::NoteInError);
        }
        let (note_id, reason) = (command.note_id, Phi::Clear(command.reason));
        Ok(NoteEnteredInError { note_id, reason, provider_id }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, given, id};
    use crate::visit::example::{NOTE, commands::*, corrected_hash, events::*, signed_hash, story};
    use crate::visit::{Command, State};
    use crate::{Role, Rules};

    fn closed_then(more: &[Event]) -> Given<Visit> {
        given(story(State::Closed).into_iter().chain(more.to_vec()))
    }

    fn correct(change: impl FnOnce(&mut CorrectNote, &mut CorrectionFacts)) -> Command {
        let Command::CorrectNote(mut command, mut facts) = correct_note() else { unreachable!() };
        change(&mut command, &mut facts);
        Command::CorrectNote(command, facts)
    }

    #[test]
    fn a_signed_note_is_corrected_by_this_visits_provider_even_after_billing() {
        for state in [State::Ended, State::Closed] {
            given::<Visit>(story(state)).when(Role::Provider, correct_note()).then([note_corrected()]);
        }
        given::<Visit>(story(State::Admitted)).when(Role::Provider, correct_note()).refused("note-not-signed");
        closed_then(&[]).when(Role::Billing, correct_note()).refused("not-this-visits-provider");
        closed_then(&[note_entered_in_error()]).when(Role::Provider, correct_note()).refused("note-in-error");
    }

    #[test]
    fn what_is_corrected_is_what_the_note_says_and_was_shown() {
        // Corrected once, the old content is no longer what the note says.
        closed_then(&[note_corrected()]).when(Role::Provider, correct_note()).refused("note-changed");
        let again = correct(|command, _| command.signed_sha256 = corrected_hash());
        assert_eq!(closed_then(&[note_corrected()]).when(Role::Provider, again).events().len(), 1);
        let unseen = correct(|command, facts| command.rendered_at_position = facts.signature.head + 1);
        closed_then(&[]).when(Role::Provider, unseen).refused("rendered-position-wrong");
    }

    #[test]
    fn a_correction_is_a_whole_note() {
        let corrects = |body: &[(&str, &str)]| {
            let body = crate::visit::example::sections(body);
            closed_then(&[]).when(Role::Provider, correct(|command, _| command.body = body))
        };
        corrects(&[]).refused("note-empty");
        corrects(&[("plan", "Rest.")]).refused("section-missing");
        corrects(&[("advice", "Rest.")]).refused("section-not-in-template");
        let unknown = correct(|command, _| command.template_version = crate::given::code("soap/99"));
        closed_then(&[]).when(Role::Provider, unknown).refused("unknown-template");
    }

    #[test]
    fn a_correction_is_what_the_note_says_from_then_on() {
        let visit = Visit::replay(story(State::Closed).iter().chain(&[note_corrected()]));
        let note = visit.notes().get(id(NOTE)).unwrap();
        assert_eq!((note.state, note.corrections), (NoteState::Signed, 1));
        assert_eq!(note.signed_sha256, Some(corrected_hash()));
        assert_ne!(corrected_hash(), signed_hash());
    }

    #[test]
    fn a_note_is_entered_in_error_once_and_then_stands_as_it_is() {
        for state in [State::Admitted, State::Ended, State::Closed] {
            given::<Visit>(story(state)).when(Role::Provider, enter_note_in_error()).then([note_entered_in_error()]);
        }
        closed_then(&[]).when(Role::FrontDesk, enter_note_in_error()).refused("not-this-visits-provider");
        let in_error = || given::<Visit>(story(State::Ended).into_iter().chain([note_entered_in_error()]));
        for command in [enter_note_in_error(), addend_note(), request_cosign(), sign_note(), draft_anew(id(NOTE), "A.")]
        {
            in_error().when(Role::Provider, command).refused("note-in-error");
        }
    }

    #[test]
    fn a_closed_visit_without_a_note_that_stands_gets_another_one() {
        closed_then(&[]).when(Role::Provider, draft_another(20)).refused("wrong-state");
        closed_then(&[note_entered_in_error()]).when(Role::Provider, draft_another(20)).then([drafted_as(20)]);
        let redrafted = closed_then(&[note_entered_in_error(), drafted_as(20)]);
        assert_eq!(redrafted.when(Role::Provider, sign_as(20)).events().len(), 1);
    }
}
