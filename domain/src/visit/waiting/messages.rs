//! The messages of a visit, without what they say.

use serde::{Deserialize, Serialize};

use super::{MessageFrom, MessageRead, MessageSent, MessageWithdrawn};
use crate::MessageId;

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The message.
    pub message_id: MessageId,
    /// Which side sent it.
    pub from: MessageFrom,
    /// Whether the other side has read it.
    pub read: bool,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// Every message, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages(Vec<Message>);

impl Messages {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Message> {
        self.0.iter()
    }

    /// This one.
    pub fn get(&self, id: MessageId) -> Option<&Message> {
        self.0.iter().find(|message| message.message_id == id)
    }

    /// How many of one side's the other has not read, of those that stand.
    pub fn unread(&self, from: MessageFrom) -> usize {
        self.0.iter().filter(|message| message.from == from && !message.read && !message.withdrawn).count()
    }

    pub(in crate::visit) fn send(&mut self, sent: &MessageSent) {
        self.0.push(Message { message_id: sent.message_id, from: sent.from, read: false, withdrawn: false });
    }

    pub(in crate::visit) fn read(&mut self, read: &MessageRead) {
        let these = self.0.iter_mut().filter(|message| message.message_id == read.message_id);
        these.for_each(|message| message.read = true);
    }

    pub(in crate::visit) fn withdraw(&mut self, withdrawn: &MessageWithdrawn) {
        let these = self.0.iter_mut().filter(|message| message.message_id == withdrawn.message_id);
        these.for_each(|message| message.withdrawn = true);
    }
}
