//! Say that it takes longer, put on hold, return, or leave.

use chrono::{DateTime, Utc};

use super::HoldReason;
use crate::Text;
use crate::visit::declare::commands;

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

    /// Put a patient on hold back among those waiting.
    ReturnToWaiting {}

    /// The patient went away before being seen.
    LeaveWaitingRoom {
        /// Why, if they said.
        reason: Option<Text<500>>,
    }
}
