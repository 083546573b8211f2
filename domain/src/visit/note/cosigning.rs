//! Cosigning: somebody else is asked to stand by a note, and signs what was shown to them. A note that waits for its
//! cosigner is not billed.

use super::{CosignNote, CosignRequested, CosignState, Cosigned, CosignerFacts, RequestCosign, SignatureFacts};
use crate::visit::error::already;
use crate::visit::{Error, Event, Visit};
use crate::{Actor, ProviderId};

impl Visit {
    pub(in crate::visit) fn request_cosign(
        &self,
        command: RequestCosign,
        facts: CosignerFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        let requested_by = self.require_own_provider(actor, "request-cosign")?;
        let RequestCosign { note_id, cosigner_id } = command;
        let note = self.signed_note(note_id)?;
        if !facts.registered {
            return Err(Error::UnknownCosigner);
        }
        if cosigner_id == note.author || Some(cosigner_id) == note.signer {
            return Err(Error::CosignerIsAuthor);
        }
        if self.supervisor_of(requested_by).is_some_and(|supervisor| supervisor != cosigner_id) {
            return Err(Error::CosignerIsNotSupervisor);
        }
        match note.cosign {
            Some(cosign) if cosign.state == CosignState::Cosigned => Err(Error::NoteAlreadyCosigned),
            Some(cosign) if cosign.cosigner == cosigner_id => Err(already("this provider is asked", "request-cosign")),
            _ => Ok(CosignRequested { note_id, cosigner_id, requested_by }.into()),
        }
    }

    /// Whoever was asked cosigns, and nobody else; also after the visit was closed.
    pub(in crate::visit) fn cosign_note(
        &self,
        command: CosignNote,
        facts: &SignatureFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        let note = self.signed_note(command.note_id)?;
        let cosign = note.cosign.ok_or(Error::CosignNotRequested)?;
        let CosignNote { note_id, signed_sha256, attestation, rendered_at_position } = command;
        let is = |provider: ProviderId| actor.is_provider(Some(provider));
        // Who was asked may have come to be the author: a corrector signs the correction.
        if is(note.author) || note.signer.is_some_and(is) {
            return Err(Error::CosignerIsAuthor);
        }
        if !is(cosign.cosigner) {
            return Err(Error::NotTheCosigner);
        }
        if cosign.state == CosignState::Cosigned {
            return Err(Error::NoteAlreadyCosigned);
        }
        // Somebody may have been asked before there was a supervisor.
        if note.signer.and_then(|signer| self.supervisor_of(signer)).is_some_and(|supervisor| !is(supervisor)) {
            return Err(Error::CosignerIsNotSupervisor);
        }
        if note.signed_sha256.as_ref() != Some(&signed_sha256) {
            return Err(Error::NoteChanged);
        }
        facts.require_shown(rendered_at_position)?;
        let cosigner_id = cosign.cosigner;
        Ok(Cosigned { note_id, cosigner_id, attestation, signed_sha256, rendered_at_position }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{Given, PROVIDER, actor, given, id};
    use crate::visit::example::{COSIGNER, NOTE, commands::*, corrected_hash, events::*, story};
    use crate::visit::{Command, State};
    use crate::{Role, Rules};

    fn provider(number: u128) -> Actor {
        Actor { person: Some(uuid::Uuid::from_u128(number)), ..actor(Role::Provider) }
    }

    fn closed_then(more: &[Event]) -> Given<Visit> {
        given(story(State::Closed).into_iter().chain(more.to_vec()))
    }

    fn ask(cosigner: u128, registered: bool) -> Command {
        let command = RequestCosign { note_id: id(NOTE), cosigner_id: id(cosigner) };
        Command::RequestCosign(command, CosignerFacts { registered })
    }

    #[test]
    fn another_provider_of_the_clinic_is_asked_to_cosign_a_signed_note() {
        closed_then(&[]).when(Role::Provider, request_cosign()).then([cosign_requested()]);
        given::<Visit>(story(State::Admitted)).when(Role::Provider, request_cosign()).refused("note-not-signed");
        closed_then(&[]).when(Role::Provider, ask(PROVIDER, true)).refused("cosigner-is-author");
        closed_then(&[]).when(Role::Provider, ask(89, false)).refused("unknown-cosigner");
        closed_then(&[]).when(Role::FrontDesk, request_cosign()).refused("not-this-visits-provider");
    }

    #[test]
    fn somebody_else_can_be_asked_instead_until_it_is_cosigned() {
        let asked = [cosign_requested()];
        closed_then(&asked).when(Role::Provider, request_cosign()).refused("wrong-state");
        assert_eq!(closed_then(&asked).when(Role::Provider, ask(89, true)).events().len(), 1);
        closed_then(&[cosign_requested(), cosigned()])
            .when(Role::Provider, ask(89, true))
            .refused("note-already-cosigned");
    }

    #[test]
    fn only_who_was_asked_cosigns_and_once() {
        let asked = closed_then(&[cosign_requested()]);
        asked.when_by(provider(COSIGNER), cosign_note()).then([cosigned()]);
        asked.when_by(provider(89), cosign_note()).refused("not-the-cosigner");
        asked.when_by(provider(PROVIDER), cosign_note()).refused("cosigner-is-author");
        asked.when(Role::FrontDesk, cosign_note()).refused("not-the-cosigner");
        closed_then(&[]).when_by(provider(COSIGNER), cosign_note()).refused("cosign-not-requested");
        closed_then(&[cosign_requested(), cosigned()])
            .when_by(provider(COSIGNER), cosign_note())
            .refused("note-already-cosigned");
    }

    #[test]
    fn what_is_cosigned_is_what_was_shown() {
        let asked = closed_then(&[cosign_requested()]);
        let Command::CosignNote(command, facts) = cosign_note() else { unreachable!() };
        let stale = CosignNote { signed_sha256: corrected_hash(), ..command.clone() };
        asked.when_by(provider(COSIGNER), Command::CosignNote(stale, facts.clone())).refused("note-changed");
        let unseen = CosignNote { rendered_at_position: facts.head + 1, ..command };
        asked.when_by(provider(COSIGNER), Command::CosignNote(unseen, facts)).refused("rendered-position-wrong");
    }

    #[test]
    fn a_note_that_is_corrected_has_to_be_cosigned_anew() {
        let corrected = [cosign_requested(), cosigned(), note_corrected()];
        let visit = Visit::replay(story(State::Ended).iter().chain(&corrected));
        assert!(!visit.notes().all_cosigned());
        closed_then(&corrected).when_by(provider(COSIGNER), cosign_note()).refused("note-changed");
        let Command::CosignNote(command, facts) = cosign_note() else { unreachable!() };
        let anew = Command::CosignNote(CosignNote { signed_sha256: corrected_hash(), ..command }, facts);
        assert_eq!(closed_then(&corrected).when_by(provider(COSIGNER), anew).events().len(), 1);
    }
}
