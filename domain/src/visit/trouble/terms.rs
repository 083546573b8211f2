//! How somebody was tried to be reached, why the modality changed, and what broke.

use crate::visit::declare::terms;

terms! {
    /// By what means somebody was tried to be reached.
    ContactMeans {
        /// A telephone call.
        Phone,
        /// A text message.
        Sms,
        /// A video call.
        Video,
    }

    /// What came of an attempt.
    ContactOutcome {
        /// The patient was reached.
        Reached,
        /// Nobody answered.
        NoAnswer,
        /// A message was left, or sent.
        LeftMessage,
        /// Somebody else answered, or the number does not exist.
        WrongNumber,
    }

    /// Why a visit goes on by another modality.
    ModalityReason {
        /// Picture or sound do not work, or not well enough.
        Technical,
        /// The patient has no device or connection for it.
        NoDevice,
        /// The patient wants it so.
        PatientRequest,
        /// The provider wants it so: there is something to see, or nothing.
        ClinicalNeed,
        /// Where the patient is they cannot be seen or heard alone.
        Privacy,
        /// Something else.
        Other,
    }

    /// On whose side technology failed.
    FailureSide {
        /// The patient's.
        Patient,
        /// The provider's.
        Provider,
        /// The clinic's own systems.
        Clinic,
        /// The video or telephone service.
        Vendor,
        /// Nobody knows.
        Unknown,
    }

    /// What failed.
    FailureKind {
        /// No picture.
        Camera,
        /// The other side hears nothing.
        Microphone,
        /// This side hears nothing.
        Speaker,
        /// The connection is bad or gone.
        Network,
        /// The device or browser does not do.
        Device,
        /// A service does not answer.
        Service,
        /// Something else.
        Other,
    }

    /// How a failure came out.
    FailureResolution {
        /// It works again.
        Solved,
        /// The visit goes on by another modality.
        ModalityChanged,
        /// The visit has to be held another time.
        Postponed,
        /// Not at all, or not yet.
        Unresolved,
    }
}
