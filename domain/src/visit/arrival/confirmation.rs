//! The provider sees the patient: it is the one who was identified, or it may not be.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ConfirmIdentity, DoubtIdentity, IdentityConfirmed, IdentityDoubted};
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi};

/// What the provider found, seeing the patient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityConfirmation {
    /// Nothing yet.
    #[default]
    NotConfirmed,
    /// It is the patient.
    Confirmed,
    /// It may be somebody else.
    Doubted,
}

const WHILE_SEEN: &str = "the provider confirms or doubts who it is once the patient is admitted, until the visit ends";

impl Visit {
    /// By two identifiers, like whoever verified it at the door. A doubt may be cleared.
    pub(in crate::visit) fn confirm_identity(&self, command: ConfirmIdentity, actor: &Actor) -> Result<Event, Error> {
        self.require(&[State::Admitted], "confirm-identity", WHILE_SEEN)?;
        let confirmed_by = self.require_own_provider(actor, "confirm-identity")?;
        if self.identity_confirmation() == IdentityConfirmation::Confirmed {
            return Err(already("the patient's identity is confirmed", "confirm-identity"));
        }
        let identifiers: BTreeSet<_> = command.identifiers.into_iter().collect();
        if identifiers.len() < 2 {
            return Err(Error::TwoIdentifiersNeeded);
        }
        let identifiers = identifiers.into_iter().collect();
        Ok(IdentityConfirmed { method: command.method, identifiers, confirmed_by }.into())
    }

    /// A doubt is a fact like any other: it moves nothing, and what follows from it is the provider's to decide.
    pub(in crate::visit) fn doubt_identity(&self, command: DoubtIdentity, actor: &Actor) -> Result<Event, Error> {
        self.require(&[State::Admitted], "doubt-identity", WHILE_SEEN)?;
        let doubted_by = self.require_own_provider(actor, "doubt-identity")?;
        let mismatched: BTreeSet<_> = command.mismatched.into_iter().collect();
        if mismatched.is_empty() {
            return Err(Error::MismatchNeeded);
        }
        let (mismatched, details) = (mismatched.into_iter().collect(), command.details.map(Phi::Clear));
        Ok(IdentityDoubted { mismatched, details, doubted_by }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given};
    use crate::visit::example::{commands::*, events::*, story};
    use crate::visit::{Command, Identifier, IdentityMethod};
    use crate::{Role, Rules};

    #[test]
    fn the_provider_confirms_whom_they_see_after_admission() {
        let seen = given::<Visit>(story(State::Admitted));
        seen.when(Role::Provider, confirm_identity()).then([identity_confirmed()]);
        seen.when(Role::FrontDesk, confirm_identity()).refused("not-this-visits-provider");
        let mut colleague = actor(Role::Provider);
        colleague.person = Some(uuid::Uuid::from_u128(88));
        seen.when_by(colleague, doubt_identity()).refused("not-this-visits-provider");
        for state in [State::Scheduled, State::CheckedIn, State::Ended] {
            given::<Visit>(story(state)).when(Role::Provider, confirm_identity()).refused("wrong-state");
            given::<Visit>(story(state)).when(Role::Provider, doubt_identity()).refused("wrong-state");
        }
        let confirmed = story(State::Admitted).into_iter().chain([identity_confirmed()]);
        given::<Visit>(confirmed).when(Role::Provider, confirm_identity()).refused("wrong-state");
    }

    #[test]
    fn a_doubt_is_recorded_and_may_be_cleared() {
        let seen = story(State::Admitted);
        given::<Visit>(seen.clone()).when(Role::Provider, doubt_identity()).then([identity_doubted()]);
        let doubted: Vec<_> = seen.into_iter().chain([identity_doubted()]).collect();
        let visit = Visit::replay(&doubted);
        assert_eq!((visit.identity_confirmation(), visit.state()), (IdentityConfirmation::Doubted, State::Admitted));
        given::<Visit>(doubted).when(Role::Provider, confirm_identity()).then([identity_confirmed()]);
    }

    #[test]
    fn it_takes_two_identifiers_to_confirm_and_one_to_doubt() {
        let seen = given::<Visit>(story(State::Admitted));
        let identifiers = vec![Identifier::Photo, Identifier::Photo];
        let once = Command::ConfirmIdentity(ConfirmIdentity { method: IdentityMethod::Document, identifiers });
        seen.when(Role::Provider, once).refused("two-identifiers-needed");
        let nothing = Command::DoubtIdentity(DoubtIdentity { mismatched: vec![], details: None });
        seen.when(Role::Provider, nothing).refused("mismatch-needed");
    }
}
