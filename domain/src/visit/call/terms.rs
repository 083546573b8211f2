//! How a connection ends.

use crate::visit::declare::terms;

terms! {
    /// How a participant's connection ended.
    LeaveReason {
        /// They hung up.
        HungUp,
        /// The connection broke.
        Dropped,
        /// They were removed, or the room was closed.
        Removed,
        /// Nobody knows.
        Unknown,
    }
}
