//! Say how to call back and whom to call, declare an emergency, close it.

use super::{ContactAnswer, EmergencyAction, EmergencyContact, EmergencyKind, EmergencyOutcome};
use crate::visit::declare::commands;
use crate::{EmergencyId, PhoneNumber, Text};

commands! {
    /// The number at which the patient is reached during this visit. The newest counts.
    GiveCallbackNumber {
        /// The number.
        number: PhoneNumber,
    }

    /// Whom to call in an emergency during this visit. The newest answer counts.
    RecordEmergencyContact {
        /// What the patient answered.
        answer: ContactAnswer,
        /// Whom, if somebody is named.
        contact: Option<EmergencyContact>,
    }

    /// There is an emergency. Until it is closed the patient may be admitted past every gate.
    DeclareEmergency {
        /// What kind.
        kind: EmergencyKind,
        /// What is being done.
        actions: Vec<EmergencyAction>,
        /// More about it.
        details: Option<Text<1000>>,
    }

    /// An emergency is over.
    CloseEmergency {
        /// Which.
        emergency_id: EmergencyId,
        /// How it came out.
        outcome: EmergencyOutcome,
        /// What was done in the end.
        actions: Vec<EmergencyAction>,
        /// More about it.
        details: Option<Text<1000>>,
    }
}

/// A fresh value for an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewEmergency {
    /// The id the emergency gets.
    pub emergency_id: EmergencyId,
}
