//! Record that the patient came late, or take it back.

use super::{LateResponse, LateReversalReason, LatenessRules};
use crate::visit::declare::commands;

commands! {
    /// Record that the patient came late, and what is done of it.
    RecordLateArrival {
        /// What is done of it; one of what the clinic offers.
        response: LateResponse,
        /// How long a shortened visit is to take: shorter than planned, 5 minutes at least.
        shortened_to_minutes: Option<u16>,
    }

    /// Take back that the patient came late.
    ReverseLateArrival {
        /// Why.
        reason: LateReversalReason,
    }
}

/// What the clinic says about patients who come late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateFacts {
    /// Its rules.
    pub rules: LatenessRules,
}
