//! What a visit keeps of its reminders.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{NotSentReason, ReminderChannel, ReminderIntended, ReminderKind, ReminderNotSent};

/// A reminder that was intended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Which.
    pub kind: ReminderKind,
    /// By which channel.
    pub channel: ReminderChannel,
    /// The start it reminds of.
    pub starts_at: DateTime<Utc>,
    /// Since when it is due.
    pub due_at: DateTime<Utc>,
    /// Why it was not sent; `None`: nobody knows yet what became of it.
    pub not_sent: Option<NotSentReason>,
}

/// The reminders of a visit, oldest first: one of a kind for each start it ever had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reminders(Vec<Reminder>);

impl Reminders {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Reminder> {
        self.0.iter()
    }

    /// The one of this kind for this start.
    pub fn get(&self, kind: ReminderKind, starts_at: DateTime<Utc>) -> Option<&Reminder> {
        self.0.iter().find(|reminder| (reminder.kind, reminder.starts_at) == (kind, starts_at))
    }

    pub(in crate::visit) fn intend(&mut self, intended: &ReminderIntended) {
        let ReminderIntended { kind, channel, starts_at, due_at } = *intended;
        self.0.push(Reminder { kind, channel, starts_at, due_at, not_sent: None });
    }

    pub(in crate::visit) fn not_sent(&mut self, not_sent: &ReminderNotSent) {
        let ReminderNotSent { kind, starts_at, reason } = *not_sent;
        let this = |reminder: &&mut Reminder| (reminder.kind, reminder.starts_at) == (kind, starts_at);
        self.0.iter_mut().filter(this).for_each(|reminder| reminder.not_sent = Some(reason));
    }
}
