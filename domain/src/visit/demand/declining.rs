//! Not taking a request: it stays open for others, and who declined is kept.

use super::claiming::claiming_provider;
use super::{DeclineRequest, RequestDeclined};
use crate::Actor;
use crate::visit::{Error, Event, Visit};

impl Visit {
    pub(in crate::visit) fn decline_request(&self, command: DeclineRequest, actor: &Actor) -> Result<Event, Error> {
        let provider_id = claiming_provider(actor, "decline-request")?;
        let request = self.open_request("decline-request")?;
        if request.declined_by.contains_key(&provider_id) {
            return Err(Error::AlreadyDeclined);
        }
        Ok(RequestDeclined { provider_id, reason: command.reason }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given};
    use crate::visit::State;
    use crate::visit::example::{commands::*, events::*};
    use crate::{Role, Rules};

    #[test]
    fn a_request_that_is_declined_stays_open_for_others_and_for_second_thoughts() {
        given::<Visit>([requested()]).when(Role::Provider, decline_request()).then([request_declined()]);
        let declined = given::<Visit>([requested(), request_declined()]);
        assert_eq!(Visit::replay(&[requested(), request_declined()]).state(), State::Requested);
        declined.when(Role::Provider, decline_request()).refused("already-declined");
        let colleague = Actor { person: Some(uuid::Uuid::from_u128(88)), ..actor(Role::Provider) };
        assert_eq!(declined.when_by(colleague, decline_request()).events().len(), 1);
        declined.when(Role::Provider, claim()).then([claimed(), scheduled_on_demand()]);
    }

    #[test]
    fn providers_decline_what_is_open() {
        for role in [Role::Patient, Role::FrontDesk] {
            given::<Visit>([requested()]).when(role, decline_request()).refused("role-not-permitted");
        }
        let taken = [requested(), claimed(), scheduled_on_demand()];
        given::<Visit>(taken).when(Role::Provider, decline_request()).refused("already-claimed");
        given::<Visit>([requested(), cancelled()]).when(Role::Provider, decline_request()).refused("wrong-state");
        given::<Visit>([scheduled()]).when(Role::Provider, decline_request()).refused("wrong-state");
    }
}
