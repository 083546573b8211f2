//! Messages between the waiting patient and staff: sent, and marked as read by the other side.

use super::{Message, MessageFrom, MessageRead, MessageSent, NewMessage, ReadMessage, SendMessage};
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi, Role};

/// Messages of one visit.
const MOST: usize = 100;

impl Visit {
    pub(in crate::visit) fn send_message(
        &self,
        command: SendMessage,
        new: NewMessage,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const WHILE_HERE: [State; 4] = [State::Arrived, State::CheckedIn, State::Roomed, State::Held];
        self.require(&WHILE_HERE, "send-message", "messages go between staff and a patient who is here and waits")?;
        self.require_patient_or_staff(actor, "send-message")?;
        let (SendMessage { text, canned }, NewMessage { message_id }) = (command, new);
        if text.is_some() == canned.is_some() {
            return Err(Error::MessageNeedsOneContent);
        }
        if self.messages().get(message_id).is_some() {
            return Err(Error::IdAlreadyUsed);
        }
        if self.messages().iter().count() >= MOST {
            return Err(Error::TooManyMessages);
        }
        let from = side(actor);
        Ok(MessageSent { message_id, from, text: text.map(Phi::Clear), canned, sent_by: actor.role }.into())
    }

    /// Also after the wait: what was sent is read when it is read.
    pub(in crate::visit) fn read_message(&self, command: ReadMessage, actor: &Actor) -> Result<Event, Error> {
        const SINCE_ARRIVAL: [State; 7] =
            [State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left, State::Admitted, State::Ended];
        self.require(&SINCE_ARRIVAL, "read-message", "a message is read after it was sent")?;
        self.require_patient_or_staff(actor, "read-message")?;
        let Message { message_id, from, read } =
            *self.messages().get(command.message_id).ok_or(Error::UnknownMessage)?;
        if from == side(actor) {
            return Err(Error::MessageIsOwn);
        }
        if read {
            return Err(already("the message was read", "read-message"));
        }
        Ok(MessageRead { message_id, read_by: actor.role }.into())
    }
}

fn side(actor: &Actor) -> MessageFrom {
    match actor.role {
        Role::Patient => MessageFrom::Patient,
        _ => MessageFrom::Staff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::{actor, given, id};
    use crate::visit::example::{MESSAGE, commands::*, events::*, story};
    use crate::visit::{CannedMessage, Command};

    #[test]
    fn staff_and_the_waiting_patient_write_to_each_other() {
        for state in [State::Arrived, State::CheckedIn, State::Roomed, State::Held] {
            let here = given::<Visit>(story(state));
            here.when(Role::FrontDesk, send_message()).then([message_sent()]);
            let by_patient = here.when(Role::Patient, send_message()).events();
            let [Event::MessageSent(sent)] = by_patient.as_slice() else { panic!("{by_patient:?}") };
            assert_eq!((sent.from, sent.sent_by), (MessageFrom::Patient, Role::Patient));
        }
        for state in [State::Scheduled, State::Left, State::Admitted, State::Ended] {
            given::<Visit>(story(state)).when(Role::FrontDesk, send_message()).refused("wrong-state");
        }
    }

    #[test]
    fn nobody_else_writes_and_a_message_says_one_thing() {
        let here = given::<Visit>(story(State::CheckedIn));
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        here.when_by(somebody_else, send_message()).refused("not-this-visits-patient");
        here.when(Role::Billing, send_message()).refused("role-not-permitted");
        let new = || NewMessage { message_id: id(MESSAGE) };
        let nothing = Command::SendMessage(SendMessage { text: None, canned: None }, new());
        here.when(Role::FrontDesk, nothing).refused("message-needs-one-content");
        let both = SendMessage { text: Some(crate::given::text("x")), canned: Some(CannedMessage::NextInLine) };
        here.when(Role::FrontDesk, Command::SendMessage(both, new())).refused("message-needs-one-content");
        let canned = SendMessage { text: None, canned: Some(CannedMessage::NextInLine) };
        assert_eq!(here.when(Role::FrontDesk, Command::SendMessage(canned, new())).events().len(), 1);
        let sent = given::<Visit>(story(State::CheckedIn).into_iter().chain([message_sent()]));
        sent.when(Role::FrontDesk, send_message()).refused("id-already-used");
    }

    #[test]
    fn a_message_is_read_once_by_the_other_side() {
        let sent = given::<Visit>(story(State::CheckedIn).into_iter().chain([message_sent()]));
        sent.when(Role::Patient, read_message()).then([message_read()]);
        sent.when(Role::FrontDesk, read_message()).refused("message-is-own");
        given::<Visit>(story(State::CheckedIn)).when(Role::Patient, read_message()).refused("unknown-message");
        let read = story(State::CheckedIn).into_iter().chain([message_sent(), message_read()]);
        given::<Visit>(read.clone()).when(Role::Patient, read_message()).refused("wrong-state");
        assert_eq!(Visit::replay(read.collect::<Vec<_>>().iter()).messages().unread(MessageFrom::Staff), 0);
        given::<Visit>([scheduled()]).when(Role::Patient, read_message()).refused("wrong-state");
    }

    #[test]
    fn a_visit_has_no_endless_messages() {
        let hundred = (0..100).map(|number| message_sent_as(700 + number));
        let full = given::<Visit>(story(State::CheckedIn).into_iter().chain(hundred));
        full.when(Role::FrontDesk, send_message()).refused("too-many-messages");
    }
}
