//! Why a provider declines a request.

use crate::visit::declare::terms;

terms! {
    /// Why a provider does not take a request. It stays open for others.
    DeclineReason {
        /// Somebody else's specialty.
        OutsideSpecialty,
        /// The patient is to be seen in person.
        InPersonNeeded,
        /// No time.
        NoTime,
        /// No licence where the patient is.
        NotLicensedThere,
        /// The provider knows the patient, or must not treat them.
        ConflictOfInterest,
        /// Something else.
        Other,
    }
}
