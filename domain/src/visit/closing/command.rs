//! End a visit.

use super::Outcome;
use crate::visit::declare::commands;

commands! {
    /// The provider ends the visit.
    End {
        /// How it came out.
        outcome: Outcome,
    }
}
