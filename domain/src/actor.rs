//! Who does something: a person or the system, in one role.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{PatientId, ProviderId};

/// The capacity in which someone acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The patient of the visit.
    Patient,
    /// Who treats.
    Provider,
    /// Medical assistants and nurses, who prepare visits with the patients.
    ClinicalStaff,
    /// Front desk staff.
    FrontDesk,
    /// Who captures and sends charges.
    Billing,
    /// Compliance officer.
    Compliance,
    /// Auditor, inside or outside.
    Auditor,
    /// Who sets the clinic up.
    Administrator,
    /// No person: a reactor or a scheduled job.
    System,
}

impl Role {
    /// The role's name as stored.
    pub fn name(self) -> &'static str {
        match self {
            Role::Patient => "patient",
            Role::Provider => "provider",
            Role::ClinicalStaff => "clinical-staff",
            Role::FrontDesk => "front-desk",
            Role::Billing => "billing",
            Role::Compliance => "compliance",
            Role::Auditor => "auditor",
            Role::Administrator => "administrator",
            Role::System => "system",
        }
    }
}

/// Who asks for something, as the identity provider and the access layer established it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// The capacity in which they act.
    pub role: Role,
    /// The identity provider's subject.
    pub subject: String,
    /// The patient's or provider's id, where the subject is one of them.
    pub person: Option<Uuid>,
}

impl Actor {
    /// Whether this is the given provider, acting as one.
    pub fn is_provider(&self, provider: Option<ProviderId>) -> bool {
        self.role == Role::Provider && self.person.is_some() && self.person == provider.map(|id| id.0)
    }

    /// Whether this is the given patient, acting as one.
    pub fn is_patient(&self, patient: Option<PatientId>) -> bool {
        self.role == Role::Patient && self.person.is_some() && self.person == patient.map(|id| id.0)
    }
}
