//! The wait: longer than said, on hold, resumed, or given up; what was written meanwhile, and what was told.

use chrono::{DateTime, Utc};

use super::{CannedMessage, HoldReason, MessageFrom, WithdrawalReason};
use crate::visit::declare::payloads;
use crate::{MessageId, Phi, ProviderId, Role, Text};

payloads! {
    /// The provider will be late.
    ProviderDelayed {
        /// When the provider is expected now.
        expected_at: DateTime<Utc>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
    }

    /// The provider is ready to see the patient.
    ProviderReady {
        /// Who.
        provider_id: ProviderId,
    }

    /// The provider is not ready after all.
    ProviderNotReady {
        /// Who.
        provider_id: ProviderId,
    }

    /// The provider never came while the patient waited.
    ProviderNoShowRecorded {
        /// Who.
        provider_id: ProviderId,
        /// The grace period that had passed.
        grace_minutes: u16,
    }

    /// A waiting patient was put on hold.
    Held {
        /// Why.
        reason: HoldReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
    }

    /// A patient is waiting again.
    ReturnedToWaiting {
        /// The provider who had admitted the patient and sent them back; absent of one who was on hold
        /// or roomed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_back_by: Option<ProviderId>,
    }

    /// The patient went away before being seen.
    LeftWaitingRoom {
        /// Why, if they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
    }

    /// Staff and the patient wrote to each other.
    MessageSent {
        /// The message.
        message_id: MessageId,
        /// Which side wrote.
        from: MessageFrom,
        /// What, if it is no message that has a name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Phi<Text<4000>>>,
        /// The name of a message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        canned: Option<CannedMessage>,
        /// In which role it was written.
        sent_by: Role,
    }

    /// The other side read a message.
    MessageRead {
        /// Which.
        message_id: MessageId,
        /// In which role it was read.
        read_by: Role,
    }

    /// A message was taken back. What it said stays sealed in its own event.
    MessageWithdrawn {
        /// Which.
        message_id: MessageId,
        /// Why.
        reason: WithdrawalReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// In which role it was taken back.
        withdrawn_by: Role,
    }

    /// The waiting patient was told how long this provider's patients waited, or that nothing is known.
    EstimateTold {
        /// Half of the measured waits were no longer than so many minutes; absent: no estimate was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        p50_minutes: Option<u32>,
        /// Eight in ten were no longer than so many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        p80_minutes: Option<u32>,
        /// From how many waits that was measured, or would have been.
        from_visits: u32,
        /// The patient's place among those waiting for this provider, from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<u32>,
    }
}
