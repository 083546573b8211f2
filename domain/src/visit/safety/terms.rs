//! What an emergency is, what is done about it and how it comes out. The first and the last tell about the patient's
//! health: events seal them, and they do not show themselves in a log line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::PhoneNumber;
use crate::Text;
use crate::visit::declare::{sealed_terms, terms};

sealed_terms! {
    /// What kind of emergency.
    EmergencyKind {
        /// The patient wants to kill or harm themselves.
        SelfHarm,
        /// Somebody is in danger of violence.
        Violence,
        /// Pain in the chest.
        ChestPain,
        /// Signs of a stroke.
        Stroke,
        /// The patient cannot breathe well.
        Breathing,
        /// An overdose or a poisoning.
        Overdose,
        /// The patient does not respond any more.
        Unresponsive,
        /// Something else.
        Other,
    }

    /// How an emergency came out.
    EmergencyOutcome {
        /// Emergency services took over.
        HandedOver,
        /// The patient went, or was brought, to an emergency department.
        EmergencyDepartment,
        /// It was dealt with in the visit.
        Resolved,
        /// It was none.
        FalseAlarm,
        /// Nobody knows: contact was lost.
        Unknown,
    }
}

terms! {
    /// What is done in an emergency.
    EmergencyAction {
        /// Emergency services were called: 911.
        EmergencyServicesCalled,
        /// The crisis line was called in or its number given: 988.
        CrisisLine,
        /// The emergency contact was called.
        EmergencyContactCalled,
        /// Police were asked to look after the patient.
        WelfareCheck,
        /// Somebody stayed with the patient on the call.
        StayedOnCall,
        /// The patient was told to go to an emergency department.
        SentToEmergencyDepartment,
    }

    /// What the patient answers when asked for an emergency contact.
    ContactAnswer {
        /// Somebody is named.
        Given,
        /// The patient has nobody.
        None,
        /// The patient does not want to say.
        Refused,
    }
}

/// Whom to call in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EmergencyContact {
    /// Their name.
    pub name: Text<200>,
    /// Who they are to the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<Text<100>>,
    /// Their number.
    pub phone: PhoneNumber,
}
