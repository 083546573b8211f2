//! The words of a visit that several families use: closed lists that commands and events choose from. A list of one
//! family stands with that family.

use super::declare::terms;

terms! {
    /// How the visit is to be held.
    Modality {
        /// Picture and sound.
        Video,
        /// Sound only.
        Phone,
    }

    /// Who takes part in a visit.
    Participant {
        /// The patient.
        Patient,
        /// The provider.
        Provider,
        /// Somebody with authority to act for the patient.
        Proxy,
        /// Who interprets.
        Interpreter,
        /// Who cares for the patient in daily life.
        Caregiver,
        /// Whom the patient wants to have there.
        Guest,
        /// Who supervises the provider.
        Supervisor,
        /// Clinical staff.
        ClinicalStaff,
    }
}
