//! Inviting a caregiver or guest, taking the invitation back, and coming with it: once.

use chrono::{DateTime, Duration, Utc};

use super::{
    InvitationRevoked, InvitationState, InvitationUsed, InviteParticipant, NewInvitation, ParticipantInvited,
    RevokeInvitation, UseInvitation,
};
use crate::visit::decide::require_role;
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi, Role};

const OPEN: [State; 7] =
    [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left, State::Admitted];
/// An invitation is for one visit, which is not far ahead.
const LONGEST: Duration = Duration::days(31);
/// More than any visit has.
const MOST_INVITATIONS: usize = 20;

impl Visit {
    pub(in crate::visit) fn invite_participant(
        &self,
        command: InviteParticipant,
        new: NewInvitation,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "invite-participant", "people are invited from scheduling to the end of the visit")?;
        self.require_patient_or_staff(actor, "invite-participant")?;
        let InviteParticipant { kind, name, expires_at } = command;
        if expires_at <= at || expires_at.signed_duration_since(at) > LONGEST {
            return Err(Error::InvitationExpiryUnreasonable);
        }
        if self.invitations().get(new.participant_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if self.invitations().iter().count() >= MOST_INVITATIONS {
            return Err(Error::TooManyParticipants);
        }
        let NewInvitation { participant_id, token_sha256 } = new;
        let (name, invited_by) = (Phi::Clear(name), actor.role);
        Ok(ParticipantInvited { participant_id, kind, name, token_sha256, expires_at, invited_by }.into())
    }

    /// Also of somebody who came with it already: from then on they have no part in the visit.
    pub(in crate::visit) fn revoke_invitation(&self, command: RevokeInvitation, actor: &Actor) -> Result<Event, Error> {
        self.require_patient_or_staff(actor, "revoke-invitation")?;
        let participant_id = command.participant_id;
        let invitation = self.invitations().get(participant_id).ok_or(Error::UnknownParticipant)?;
        if invitation.state == InvitationState::Revoked {
            return Err(already("this invitation is revoked", "revoke-invitation"));
        }
        Ok(InvitationRevoked { participant_id, revoked_by: actor.role }.into())
    }

    /// One refusal for whatever is wrong: whoever holds no good token learns nothing, not even whether there is a visit.
    pub(in crate::visit) fn use_invitation(
        &self,
        command: UseInvitation,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &[Role::System], "use-invitation", "the program that redeems invitations")?;
        let found = self.invitations().open(&command.token_sha256, at).filter(|_| OPEN.contains(&self.state()));
        let participant_id = found.ok_or(Error::InvitationNotValid)?;
        Ok(InvitationUsed { participant_id }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given, id, now};
    use crate::visit::Command;
    use crate::visit::example::{GUEST, commands::*, events::*, story};
    use crate::{Rules, Sha256Hex};

    fn invited() -> Vec<Event> {
        vec![scheduled(), participant_invited(GUEST)]
    }

    fn state(events: &[Event]) -> InvitationState {
        Visit::replay(events).invitations().get(id(GUEST)).unwrap().state
    }

    #[test]
    fn an_invitation_is_used_once() {
        given::<Visit>([scheduled()]).when(Role::Patient, invite_participant(GUEST)).then([participant_invited(GUEST)]);
        given::<Visit>(invited()).when(Role::System, use_invitation()).then([invitation_used()]);
        let used: Vec<_> = invited().into_iter().chain([invitation_used()]).collect();
        assert_eq!(state(&used), InvitationState::Used);
        given::<Visit>(used).when(Role::System, use_invitation()).refused("invitation-not-valid");
    }

    #[test]
    fn whatever_is_wrong_the_refusal_is_the_same() {
        let refused = |visit: Vec<Event>, command| {
            given::<Visit>(visit).when(Role::System, command).refused("invitation-not-valid");
        };
        let token_sha256 = Sha256Hex::of(&[b"another token"]);
        refused(invited(), Command::UseInvitation(UseInvitation { token_sha256 }));
        refused(vec![scheduled()], use_invitation());
        refused(invited().into_iter().chain([invitation_revoked()]).collect(), use_invitation());
        let over = story(State::Ended).into_iter().chain([participant_invited(GUEST)]).collect();
        refused(over, use_invitation());
        let Event::ParticipantInvited(expired) = participant_invited(GUEST) else { unreachable!() };
        let expired = ParticipantInvited { expires_at: now(), ..expired };
        refused(vec![scheduled(), expired.into()], use_invitation());
    }

    #[test]
    fn it_is_taken_back_before_or_after_it_was_used_and_once() {
        given::<Visit>(invited()).when(Role::FrontDesk, revoke_invitation()).then([invitation_revoked()]);
        let used = invited().into_iter().chain([invitation_used()]);
        given::<Visit>(used).when(Role::FrontDesk, revoke_invitation()).then([invitation_revoked()]);
        let revoked: Vec<_> = invited().into_iter().chain([invitation_revoked()]).collect();
        assert_eq!(state(&revoked), InvitationState::Revoked);
        given::<Visit>(revoked).when(Role::FrontDesk, revoke_invitation()).refused("wrong-state");
        given::<Visit>([scheduled()]).when(Role::FrontDesk, revoke_invitation()).refused("unknown-participant");
    }

    #[test]
    fn the_patient_and_staff_invite_and_only_the_program_redeems() {
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        let visit = given::<Visit>(invited());
        visit.when_by(somebody_else.clone(), invite_participant(81)).refused("not-this-visits-patient");
        visit.when_by(somebody_else, revoke_invitation()).refused("not-this-visits-patient");
        visit.when(Role::Billing, invite_participant(81)).refused("role-not-permitted");
        for role in [Role::Patient, Role::Provider, Role::FrontDesk] {
            visit.when(role, use_invitation()).refused("role-not-permitted");
        }
        given::<Visit>(story(State::Ended)).when(Role::Patient, invite_participant(81)).refused("wrong-state");
    }

    #[test]
    fn it_expires_soon_but_not_at_once() {
        let until = |expires_at| {
            let Command::InviteParticipant(command, new) = invite_participant(GUEST) else { unreachable!() };
            Command::InviteParticipant(InviteParticipant { expires_at, ..command }, new)
        };
        let visit = given::<Visit>([scheduled()]);
        visit.when(Role::Patient, until(now())).refused("invitation-expiry-unreasonable");
        let too_long = now() + LONGEST + Duration::seconds(1);
        visit.when(Role::Patient, until(too_long)).refused("invitation-expiry-unreasonable");
        assert_eq!(visit.when(Role::Patient, until(now() + LONGEST)).events().len(), 1);
    }

    #[test]
    fn an_id_is_used_once_and_there_is_an_end_to_inviting() {
        given::<Visit>(invited()).when(Role::Patient, invite_participant(GUEST)).refused("id-already-used");
        let many = (0..MOST_INVITATIONS as u128).map(|number| participant_invited(500 + number));
        let full: Vec<_> = std::iter::once(scheduled()).chain(many).collect();
        given::<Visit>(full).when(Role::Patient, invite_participant(GUEST)).refused("too-many-participants");
    }
}
