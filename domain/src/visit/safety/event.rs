//! How to call back, whom to call, and emergencies.

use super::{ContactAnswer, EmergencyAction, EmergencyContact, EmergencyKind, EmergencyOutcome};
use crate::visit::declare::payloads;
use crate::{EmergencyId, Jurisdiction, Phi, PhoneNumber, Role, Text};

payloads! {
    /// The patient gave the number at which they are reached during this visit.
    CallbackNumberGiven {
        /// The number.
        number: Phi<PhoneNumber>,
        /// Who entered it: the patient, or staff on the patient's word.
        given_by: Role,
    }

    /// The patient was asked whom to call in an emergency.
    EmergencyContactRecorded {
        /// What they answered.
        answer: ContactAnswer,
        /// Whom, if somebody is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Phi<EmergencyContact>>,
        /// Who entered it: the patient, or staff on the patient's word.
        recorded_by: Role,
    }

    /// There is an emergency.
    EmergencyDeclared {
        /// The emergency.
        emergency_id: EmergencyId,
        /// What kind.
        kind: Phi<EmergencyKind>,
        /// What is being done.
        actions: Vec<EmergencyAction>,
        /// More about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<1000>>>,
        /// Where the patient had attested to be; help is sent to the address attested with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        jurisdiction: Option<Jurisdiction>,
        /// In which role it was declared.
        declared_by: Role,
    }

    /// An emergency is over.
    EmergencyClosed {
        /// The emergency.
        emergency_id: EmergencyId,
        /// How it came out.
        outcome: Phi<EmergencyOutcome>,
        /// What was done in the end.
        actions: Vec<EmergencyAction>,
        /// More about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<1000>>>,
        /// In which role it was closed.
        closed_by: Role,
    }
}
