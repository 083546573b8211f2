//! The end of a visit.

use super::Outcome;
use crate::visit::declare::payloads;

payloads! {
    /// The visit is over.
    Ended {
        /// How it came out.
        outcome: Outcome,
    }
}
