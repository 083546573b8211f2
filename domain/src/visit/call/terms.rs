//! How a connection ends, and what an emergency overrides.

use crate::visit::declare::terms;

terms! {
    /// What stands between waiting room and provider, and is overridden only by an emergency.
    Gate {
        /// The patient waits, checked in and not on hold.
        WaitingRoom,
        /// Staff made sure who the patient is.
        Identity,
        /// The patient attested where they are.
        Location,
        /// The provider is licensed there on that day.
        Licence,
        /// Whoever supervises the provider is licensed there on that day.
        Supervisor,
    }

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
