//! Which reminders there are, by which channel, and why one was not sent.

use chrono::{DateTime, Duration, Utc};

use crate::visit::declare::terms;

terms! {
    /// Which reminder.
    ReminderKind {
        /// In the 24 hours before the start.
        DayBefore,
        /// In the hour before the start.
        HourBefore,
    }

    /// By which channel. Where to, the patient's sealed record says.
    ReminderChannel {
        /// A text message.
        Sms,
        /// A letter by electronic mail.
        Email,
    }

    /// Why a reminder was not sent.
    NotSentReason {
        /// Nothing that sends is connected to this installation.
        NoNotifier,
        /// The visit was moved, called off or begun before it was handed over.
        Superseded,
    }
}

impl ReminderKind {
    /// Every reminder, in order.
    pub const ALL: [Self; 2] = [Self::DayBefore, Self::HourBefore];

    /// When it is due for a visit that starts then.
    pub fn due_at(self, starts_at: DateTime<Utc>) -> DateTime<Utc> {
        let before = match self {
            Self::DayBefore => Duration::hours(24),
            Self::HourBefore => Duration::hours(1),
        };
        starts_at.checked_sub_signed(before).unwrap_or(starts_at)
    }

    /// When it is too late for it: the next one is due then, or the visit starts.
    pub fn over_at(self, starts_at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::DayBefore => Self::HourBefore.due_at(starts_at),
            Self::HourBefore => starts_at,
        }
    }

    /// The kind's name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Self::DayBefore => "day-before",
            Self::HourBefore => "hour-before",
        }
    }
}
