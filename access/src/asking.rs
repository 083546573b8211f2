//! The circumstances of a question: who asks, why, and in which request.

use daybook_domain::access_events::Purpose;
use daybook_domain::{Code, PatientId};
use daybook_ledger::Metadata;
use uuid::Uuid;

use crate::{Denied, Principal, Resource};

/// One request, as far as access cares.
#[derive(Clone, Debug)]
pub struct Asking<'a> {
    /// Who.
    pub principal: &'a Principal,
    /// Why.
    pub purpose: Purpose,
    /// The request it belongs to.
    pub correlation_id: Uuid,
    /// A reason that was given for it. A code, because metadata stands in the log unsealed.
    pub reason: Option<Code>,
}

impl<'a> Asking<'a> {
    /// For the purpose the principal's role usually has.
    pub fn new(principal: &'a Principal, correlation_id: Uuid) -> Self {
        Self { principal, purpose: principal.usual_purpose(), correlation_id, reason: None }
    }

    /// For another purpose.
    pub fn purpose(self, purpose: Purpose) -> Self {
        Self { purpose, ..self }
    }

    /// With a reason.
    pub fn reason(self, reason: Option<Code>) -> Self {
        Self { reason, ..self }
    }

    /// The metadata of an event written on this request by a command.
    pub fn metadata(&self, command_id: Uuid, policies: &[String]) -> Metadata {
        let mut metadata = Metadata::from([
            ("actor".into(), self.principal.subject.clone()),
            ("role".into(), self.principal.role.name().into()),
            ("command_id".into(), command_id.to_string()),
            ("correlation_id".into(), self.correlation_id.to_string()),
            ("causation_id".into(), self.correlation_id.to_string()),
            ("policy".into(), policies.join(",")),
        ]);
        if let Some(reason) = &self.reason {
            metadata.insert("reason".into(), reason.as_str().into());
        }
        metadata
    }
}

/// A command was permitted, and by which policies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the policies of a permit belong into the event's metadata"]
pub struct Permit {
    /// The policies that permitted it.
    pub policies: Vec<String>,
}

/// A command was denied, and that is not recorded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a denial is a fact: record it with Access::deny"]
pub struct Denial {
    pub(crate) resource: Box<Resource>,
    pub(crate) patients: Vec<PatientId>,
    pub(crate) denied: Denied,
}

impl Denial {
    /// What is closed to the one who asked.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }
}
