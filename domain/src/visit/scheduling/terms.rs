//! Who calls a visit off, and why.

use crate::visit::declare::terms;

terms! {
    /// Who calls a visit off.
    Party {
        /// The patient, or someone for them.
        Patient,
        /// The provider.
        Provider,
        /// The clinic.
        Clinic,
    }

    /// Why a visit is called off.
    CancelReason {
        /// The time does not suit.
        Scheduling,
        /// The patient feels better or worse, or went elsewhere.
        NoLongerNeeded,
        /// The provider cannot.
        ProviderUnavailable,
        /// Telehealth does not suit: the patient is to be seen in person.
        InPersonNeeded,
        /// The provider may not practise where the patient is.
        NotLicensedThere,
        /// Technology failed.
        TechnicalFailure,
        /// Something else.
        Other,
    }
}
