//! The end of a visit.

use chrono::{DateTime, Utc};

use super::Outcome;
use crate::visit::declare::payloads;

payloads! {
    /// The visit is over.
    Ended {
        /// How it came out.
        outcome: Outcome,
        /// When it was.
        ended_at: DateTime<Utc>,
    }
}
