//! How interpreting is done, by whom, and what a patient wants instead; and as what people are invited.

use crate::visit::declare::terms;

terms! {
    /// How an interpreter takes part.
    InterpreterModality {
        /// On the video call; what a sign language needs.
        Video,
        /// By voice alone.
        Audio,
    }

    /// What makes somebody an interpreter.
    InterpreterQualification {
        /// Certified as a medical interpreter.
        CertifiedMedical,
        /// Qualified by assessment, without a certificate: 45 CFR 92.4.
        Qualified,
        /// Staff of the clinic who are qualified to interpret beside their work.
        QualifiedStaff,
    }

    /// What a patient who declines an interpreter wants instead.
    InsteadOfInterpreter {
        /// An adult they brought interprets.
        AdultCompanion,
        /// Nobody interprets.
        Nobody,
    }

    /// As what somebody is invited.
    InviteeKind {
        /// Who cares for the patient in daily life.
        Caregiver,
        /// Whom the patient wants to have there.
        Guest,
    }
}
