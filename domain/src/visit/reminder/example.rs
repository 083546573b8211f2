//! Reminders in examples.

use super::*;
use crate::Role;
use crate::visit::example::starts_at;
use crate::visit::{Command, Event};

/// Of a clinic that wants all there are.
pub fn reminder_policy() -> ReminderPolicy {
    ReminderPolicy { kinds: ReminderKind::ALL.into(), channel: ReminderChannel::Sms }
}

pub mod events {
    use super::*;

    pub fn reminder_intended() -> Event {
        let (kind, starts_at) = (ReminderKind::DayBefore, starts_at());
        ReminderIntended { kind, channel: ReminderChannel::Sms, starts_at, due_at: kind.due_at(starts_at) }.into()
    }

    pub fn reminder_not_sent() -> Event {
        let (kind, starts_at) = (ReminderKind::DayBefore, starts_at());
        ReminderNotSent { kind, starts_at, reason: NotSentReason::NoNotifier }.into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![reminder_intended(), reminder_not_sent()]
    }
}

pub mod commands {
    use super::*;

    pub fn intend_reminder() -> Command {
        let command = IntendReminder { kind: ReminderKind::DayBefore };
        Command::IntendReminder(command, ReminderFacts { policy: Some(reminder_policy()) })
    }

    pub fn record_reminder_not_sent() -> Command {
        Command::RecordReminderNotSent(RecordReminderNotSent {
            kind: ReminderKind::DayBefore,
            starts_at: starts_at(),
            reason: NotSentReason::NoNotifier,
        })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::System, intend_reminder()), (Role::System, record_reminder_not_sent())]
    }
}
