//! The visit's one chat, between the patient and staff: sent from arrival until some days after the end, and marked as read
//! by the other side. A proxy or an interpreter has no sign-in of their own: who acts for them writes in their own role.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Message, MessageFrom, MessageRead, MessageSent, NewMessage, ReadMessage, SendMessage};
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Phi, Role};

/// Messages of one visit.
const MOST: usize = 500;

/// How many hours after the end they still write to each other. What was written is read at any time.
pub const CHAT_HOURS: i64 = 72;

impl Visit {
    pub(in crate::visit) fn send_message(
        &self,
        command: SendMessage,
        new: NewMessage,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const SINCE_ARRIVAL: [State; 8] = [
            State::Arrived,
            State::CheckedIn,
            State::Roomed,
            State::Held,
            State::Left,
            State::Admitted,
            State::Ended,
            State::Closed,
        ];
        self.require(&SINCE_ARRIVAL, "send-message", "they write to each other once the patient has arrived")?;
        self.require_party(actor, "send-message")?;
        let over = matches!(self.state(), State::Ended | State::Closed);
        let lately = |ended: DateTime<Utc>| at - ended <= TimeDelta::hours(CHAT_HOURS);
        if over && !self.ended_at().is_some_and(lately) {
            return Err(Error::ChatClosed);
        }
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

    /// At any time: what was sent is read when it is read.
    pub(in crate::visit) fn read_message(&self, command: ReadMessage, actor: &Actor) -> Result<Event, Error> {
        self.require_party(actor, "read-message")?;
        let Message { message_id, from, read, withdrawn } =
            *self.messages().get(command.message_id).ok_or(Error::UnknownMessage)?;
        if from == side(actor) {
            return Err(Error::MessageIsOwn);
        }
        if read {
            return Err(already("the message was read", "read-message"));
        }
        if withdrawn {
            return Err(already("the message was withdrawn", "read-message"));
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
    fn staff_and_the_patient_write_to_each_other_from_arrival_on() {
        const OPEN: [State; 8] = [
            State::Arrived,
            State::CheckedIn,
            State::Roomed,
            State::Held,
            State::Left,
            State::Admitted,
            State::Ended,
            State::Closed,
        ];
        for state in OPEN {
            let here = given::<Visit>(story(state));
            here.when(Role::FrontDesk, send_message()).then([message_sent()]);
            let by_patient = here.when(Role::Patient, send_message()).events();
            let [Event::MessageSent(sent)] = by_patient.as_slice() else { panic!("{by_patient:?}") };
            assert_eq!((sent.from, sent.sent_by), (MessageFrom::Patient, Role::Patient));
            assert_eq!(here.when(Role::Provider, send_message()).events().len(), 1);
        }
        for state in State::ALL.into_iter().filter(|state| !OPEN.contains(state)) {
            given::<Visit>(story(state)).when(Role::FrontDesk, send_message()).refused("wrong-state");
        }
    }

    #[test]
    fn they_do_until_three_days_after_the_end_and_read_for_ever() {
        let ended_at = Visit::replay(story(State::Ended).iter()).ended_at().unwrap();
        for state in [State::Ended, State::Closed] {
            let over = || given::<Visit>(story(state).into_iter().chain([message_sent_as(700)]));
            let (last, later) = (ended_at + TimeDelta::hours(72), TimeDelta::seconds(1));
            assert_eq!(over().at(last).when(Role::Patient, send_message()).events().len(), 1);
            over().at(last + later).when(Role::Patient, send_message()).refused("chat-closed");
            over().at(last + later).when(Role::Provider, send_message()).refused("chat-closed");
            let read = Command::ReadMessage(ReadMessage { message_id: id(700) });
            assert_eq!(over().at(last + TimeDelta::days(400)).when(Role::Patient, read).events().len(), 1);
        }
        // Until a visit that was left without being seen is taken up again, or settled, both may still write.
        let left = given::<Visit>(story(State::Left)).at(ended_at + TimeDelta::days(9));
        assert_eq!(left.when(Role::FrontDesk, send_message()).events().len(), 1);
    }

    #[test]
    fn nobody_else_writes_and_a_message_says_one_thing() {
        let here = given::<Visit>(story(State::CheckedIn));
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        here.when_by(somebody_else, send_message()).refused("not-this-visits-patient");
        here.when(Role::Billing, send_message()).refused("role-not-permitted");
        let colleague = Actor { person: Some(uuid::Uuid::from_u128(88)), ..actor(Role::Provider) };
        here.when_by(colleague, send_message()).refused("not-this-visits-provider");
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
        given::<Visit>([scheduled()]).when(Role::Patient, read_message()).refused("unknown-message");
    }

    #[test]
    fn a_visit_has_no_endless_messages() {
        let many = (0..500).map(|number| message_sent_as(700 + number));
        let full = given::<Visit>(story(State::CheckedIn).into_iter().chain(many));
        full.when(Role::FrontDesk, send_message()).refused("too-many-messages");
    }
}
