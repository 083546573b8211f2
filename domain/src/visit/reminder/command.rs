//! Intend a reminder, and say that it was not sent.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NotSentReason, ReminderChannel, ReminderKind};
use crate::visit::declare::commands;

commands! {
    /// Intend a reminder of the visit as it stands.
    IntendReminder {
        /// Which.
        kind: ReminderKind,
    }

    /// Record that an intended reminder was not sent.
    RecordReminderNotSent {
        /// Which.
        kind: ReminderKind,
        /// The start it was to remind of.
        starts_at: DateTime<Utc>,
        /// Why not.
        reason: NotSentReason,
    }
}

/// What a clinic says about reminders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderPolicy {
    /// Which reminders its patients get; none: reminders are off.
    pub kinds: BTreeSet<ReminderKind>,
    /// By which channel.
    pub channel: ReminderChannel,
}

/// What the clinic's record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderFacts {
    /// Its policy; `None`: nobody ever said, and reminders are off.
    pub policy: Option<ReminderPolicy>,
}
