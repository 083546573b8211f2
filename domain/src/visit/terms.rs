//! The words of a visit: the closed lists that commands and events choose from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident { $($(#[$term_doc:meta])* $term:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$term_doc])* $term,)* }
    )*};
}

terms! {
    /// How the visit is to be held.
    Modality {
        /// Picture and sound.
        Video,
        /// Sound only.
        Phone,
    }

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

    /// How an identity was verified.
    IdentityMethod {
        /// Identifiers asked and answered by voice or picture.
        Spoken,
        /// A photo identity document held to the camera.
        Document,
        /// The patient's own portal sign-in.
        Portal,
    }

    /// One thing by which a patient is known.
    Identifier {
        /// Full name.
        Name,
        /// Date of birth.
        BirthDate,
        /// Medical record number.
        Mrn,
        /// Telephone number on record.
        Phone,
        /// Address on record.
        Address,
        /// Photograph on an identity document or on record.
        Photo,
    }

    /// Why a waiting patient is put on hold.
    HoldReason {
        /// The provider has an emergency.
        ProviderEmergency,
        /// An interpreter is awaited.
        Interpreter,
        /// Papers or insurance are being sorted out.
        Paperwork,
        /// Picture or sound do not work.
        Technical,
        /// The patient asked for it.
        PatientRequest,
        /// Something else.
        Other,
    }

    /// What a consent is about.
    ConsentKind {
        /// To be treated by telehealth.
        Telehealth,
        /// To have the call recorded.
        Recording,
    }

    /// Who takes part in a visit.
    Participant {
        /// The patient.
        Patient,
        /// The provider.
        Provider,
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

    /// How a visit came out.
    Outcome {
        /// Care was given as intended.
        Completed,
        /// The patient is to be seen in person.
        InPersonNeeded,
        /// The patient was sent to emergency care.
        EmergencyReferral,
        /// The patient dropped out and did not come back.
        PatientDidNotReturn,
        /// Technology failed and could not be worked around.
        TechnicalFailure,
    }
}
