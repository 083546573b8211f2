//! A late arrival, recorded and taken back.

use super::{LateResponse, LateReversalReason};
use crate::Role;
use crate::visit::declare::payloads;

payloads! {
    /// The patient came late, and what is done of it.
    LateArrivalRecorded {
        /// How late they came.
        late_minutes: u32,
        /// What the clinic forgives.
        grace_minutes: u16,
        /// What is done of it.
        response: LateResponse,
        /// How long a shortened visit is to take. The provider's time stays booked as it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shortened_to_minutes: Option<u16>,
        /// In which role it was recorded.
        recorded_by: Role,
    }

    /// The patient did not come late after all.
    LateArrivalReversed {
        /// Why.
        reason: LateReversalReason,
        /// In which role it was taken back.
        reversed_by: Role,
    }
}
