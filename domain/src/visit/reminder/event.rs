//! A reminder intended, and not sent.

use chrono::{DateTime, Utc};

use super::{NotSentReason, ReminderChannel, ReminderKind};
use crate::visit::declare::payloads;

payloads! {
    /// The patient is to be reminded.
    ReminderIntended {
        /// Which reminder.
        kind: ReminderKind,
        /// By which channel.
        channel: ReminderChannel,
        /// The start it reminds of: of a visit that is moved it says nothing any more.
        starts_at: DateTime<Utc>,
        /// Since when it is due.
        due_at: DateTime<Utc>,
    }

    /// A reminder was not sent.
    ReminderNotSent {
        /// Which reminder.
        kind: ReminderKind,
        /// The start it was to remind of.
        starts_at: DateTime<Utc>,
        /// Why not.
        reason: NotSentReason,
    }
}
