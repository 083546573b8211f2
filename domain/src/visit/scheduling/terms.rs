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

    /// Why a visit is moved.
    RescheduleReason {
        /// The patient asked for another time.
        PatientAsked,
        /// The provider cannot then.
        ProviderUnavailable,
        /// The clinic arranges its day anew.
        ClinicAsked,
        /// Technology failed.
        TechnicalFailure,
        /// Something else.
        Other,
    }

    /// Whether a late cancellation is charged, as the clinic's own rules have it.
    LateCharge {
        /// It is charged.
        Due,
        /// It would be, and the clinic forgoes it.
        Waived,
    }

    /// Why a visit is handed over.
    HandOverReason {
        /// The provider is away, and another covers.
        Coverage,
        /// The provider is late, and another is free.
        RunningLate,
        /// The patient is where this provider has no licence.
        Licence,
        /// The patient asked for somebody else.
        PatientAsked,
        /// The patient needs another specialty.
        Specialty,
        /// Something else.
        Other,
    }

    /// Why a no-show is taken back.
    NoShowReversalReason {
        /// The patient came after all, and is still seen.
        CameLate,
        /// The patient was here, and nobody noticed.
        WasHere,
        /// Technology kept the patient out.
        TechnicalFailure,
        /// It was recorded by mistake.
        RecordedInError,
        /// Something else.
        Other,
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
