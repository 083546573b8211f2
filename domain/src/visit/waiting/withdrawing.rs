//! Taking a message back: by who sent it, and by staff, who look after the chat. It stays in the log and is shown as withdrawn.

use super::{MessageFrom, MessageWithdrawn, WithdrawMessage};
use crate::visit::error::already;
use crate::visit::{Error, Event, Visit};
use crate::{Actor, Phi, Role};

impl Visit {
    /// At any time: a mistake is found when it is found.
    pub(in crate::visit) fn withdraw_message(&self, command: WithdrawMessage, actor: &Actor) -> Result<Event, Error> {
        self.require_party(actor, "withdraw-message")?;
        let WithdrawMessage { message_id, reason, details } = command;
        let message = self.messages().get(message_id).ok_or(Error::UnknownMessage)?;
        if actor.role == Role::Patient && message.from != MessageFrom::Patient {
            return Err(Error::MessageOfOthers);
        }
        if message.withdrawn {
            return Err(already("the message was withdrawn", "withdraw-message"));
        }
        Ok(MessageWithdrawn { message_id, reason, details: details.map(Phi::Clear), withdrawn_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::given;
    use crate::visit::State;
    use crate::visit::example::{commands::*, events::*, story};

    fn with_message() -> Vec<Event> {
        story(State::CheckedIn).into_iter().chain([message_sent()]).collect()
    }

    #[test]
    fn staff_take_messages_back_and_a_patient_their_own() {
        given::<Visit>(with_message()).when(Role::FrontDesk, withdraw_message()).then([message_withdrawn()]);
        assert_eq!(given::<Visit>(with_message()).when(Role::Provider, withdraw_message()).events().len(), 1);
        given::<Visit>(with_message()).when(Role::Patient, withdraw_message()).refused("message-of-others");
        let own = given::<Visit>(story(State::CheckedIn)).when(Role::Patient, send_message()).events();
        let own = given::<Visit>(story(State::CheckedIn).into_iter().chain(own));
        assert_eq!(own.when(Role::Patient, withdraw_message()).events().len(), 1);
        own.when(Role::Billing, withdraw_message()).refused("role-not-permitted");
    }

    #[test]
    fn a_message_is_taken_back_once_and_then_not_read() {
        let withdrawn: Vec<_> = with_message().into_iter().chain([message_withdrawn()]).collect();
        given::<Visit>(withdrawn.clone()).when(Role::FrontDesk, withdraw_message()).refused("wrong-state");
        given::<Visit>(withdrawn.clone()).when(Role::Patient, read_message()).refused("wrong-state");
        given::<Visit>(story(State::CheckedIn)).when(Role::FrontDesk, withdraw_message()).refused("unknown-message");
        let visit = Visit::replay(withdrawn.iter());
        assert_eq!((visit.messages().unread(MessageFrom::Staff), visit.messages().iter().count()), (0, 1));
    }
}
