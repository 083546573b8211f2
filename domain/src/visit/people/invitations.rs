//! The invitations of a visit: each open, then used once, or revoked. What was handed out is a random token; only its hash is
//! known here.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{InviteeKind, ParticipantInvited};
use crate::{ParticipantId, Sha256Hex};

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvitationState {
    /// It may be used until it expires.
    Open,
    /// Somebody came with it.
    Used,
    /// It was taken back, before or after it was used.
    Revoked,
}

/// One invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// As what somebody is invited.
    pub kind: InviteeKind,
    /// Until when it may be used.
    pub expires_at: DateTime<Utc>,
    /// What became of it.
    pub state: InvitationState,
    token_sha256: Sha256Hex,
}

/// Every invitation of a visit, by who is invited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitations(BTreeMap<ParticipantId, Invitation>);

impl Invitations {
    /// This one.
    pub fn get(&self, id: ParticipantId) -> Option<&Invitation> {
        self.0.get(&id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (ParticipantId, &Invitation)> {
        self.0.iter().map(|(id, invitation)| (*id, invitation))
    }

    /// Whose invitation a token is, as long as it may be used.
    pub(super) fn open(&self, token_sha256: &Sha256Hex, at: DateTime<Utc>) -> Option<ParticipantId> {
        let is_it = |invitation: &Invitation| {
            invitation.token_sha256 == *token_sha256
                && invitation.state == InvitationState::Open
                && at < invitation.expires_at
        };
        self.iter().find(|(_, invitation)| is_it(invitation)).map(|(id, _)| id)
    }

    pub(in crate::visit) fn invite(&mut self, invited: &ParticipantInvited) {
        let invitation = Invitation {
            kind: invited.kind,
            expires_at: invited.expires_at,
            state: InvitationState::Open,
            token_sha256: invited.token_sha256.clone(),
        };
        self.0.insert(invited.participant_id, invitation);
    }

    pub(in crate::visit) fn become_of(&mut self, id: ParticipantId, state: InvitationState) {
        if let Some(invitation) = self.0.get_mut(&id) {
            invitation.state = state;
        }
    }
}
