//! What is done of a late arrival, and why a recorded one is taken back.

use std::collections::BTreeSet;

use crate::visit::declare::terms;

impl LateResponse {
    /// Everything that can be done.
    pub fn all() -> BTreeSet<Self> {
        [Self::SeeAsPlanned, Self::Shorten, Self::Reschedule].into()
    }
}

terms! {
    /// What the desk does of a patient who came late.
    LateResponse {
        /// The visit takes place as planned.
        SeeAsPlanned,
        /// The visit takes place, and is shorter.
        Shorten,
        /// The visit is moved to another time, by the command for it.
        Reschedule,
    }

    /// Why a late arrival is taken back.
    LateReversalReason {
        /// The patient was here in time, and nobody noticed.
        WasHere,
        /// Technology kept the patient out.
        TechnicalFailure,
        /// It was recorded by mistake.
        RecordedInError,
        /// Something else.
        Other,
    }
}
