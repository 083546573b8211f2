//! The wait: longer than said, on hold, resumed, or given up.

use chrono::{DateTime, Utc};

use super::HoldReason;
use crate::visit::declare::payloads;
use crate::{Phi, ProviderId, Text};

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

    /// A patient on hold is waiting again.
    ReturnedToWaiting {}

    /// The patient went away before being seen.
    LeftWaitingRoom {
        /// Why, if they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
    }
}
