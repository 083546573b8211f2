//! Say that it takes longer, put on hold, return, or leave; write to each other; tell how long it will take.

use chrono::{DateTime, Utc};

use super::{CannedMessage, HoldReason, Told, WithdrawalReason};
use crate::visit::declare::commands;
use crate::{MessageId, Text};

commands! {
    /// The provider will be late.
    ReportProviderDelay {
        /// When the provider is expected now.
        expected_at: DateTime<Utc>,
        /// Why.
        reason: Option<Text<500>>,
    }

    /// The provider is ready to see the patient.
    ReportProviderReady {}

    /// The provider is not ready after all.
    ReportProviderNotReady {}

    /// Record that the provider never came while the patient waited.
    RecordProviderNoShow {}

    /// Put a waiting patient on hold.
    Hold {
        /// Why.
        reason: HoldReason,
        /// More about why.
        details: Option<Text<500>>,
    }

    /// Put a patient back among those waiting: from hold, or, by the provider, after admission before the encounter began.
    ReturnToWaiting {}

    /// The patient went away before being seen.
    LeaveWaitingRoom {
        /// Why, if they said.
        reason: Option<Text<500>>,
    }

    /// Write to the other side.
    SendMessage {
        /// What is written, if it is no message that has a name.
        text: Option<Text<4000>>,
        /// The name of a message.
        canned: Option<CannedMessage>,
    }

    /// Say that a message of the other side was read.
    ReadMessage {
        /// Which.
        message_id: MessageId,
    }

    /// Take a message back.
    WithdrawMessage {
        /// Which.
        message_id: MessageId,
        /// Why.
        reason: WithdrawalReason,
        /// More about why.
        details: Option<Text<500>>,
    }

    /// Tell the waiting patient how long it will take. Nobody asks for it by name: it is what the waiting page does.
    TellEstimate {}
}

/// Fresh values for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// The id the message gets.
    pub message_id: MessageId,
}

/// What was measured, as the read model has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldFacts {
    /// The percentiles and what they were measured from.
    pub told: Told,
    /// The patient's place among those waiting for this provider, from 1.
    pub place: Option<u32>,
}
