//! The proof that a disclosure stands in the log, and the wrapper that cannot be made without it.

use daybook_domain::access_events::Purpose;
use daybook_domain::{ClinicId, Code, PatientId};
use daybook_ledger::Hash;
use daybook_ledger::Placed;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::{Action, Asking, Principal, Resource};

/// A read was permitted and recorded durably. Made by [`crate::Access::read`] alone, and not to be copied.
#[derive(Debug)]
pub struct Receipt {
    pub(crate) principal: Principal,
    pub(crate) purpose: Purpose,
    pub(crate) correlation_id: Uuid,
    pub(crate) reason: Option<Code>,
    pub(crate) action: Action,
    pub(crate) resource: Resource,
    pub(crate) patients: Vec<PatientId>,
    pub(crate) policies: Vec<String>,
    pub(crate) fact: Option<Placed>,
}

impl Receipt {
    /// The clinic it is good for.
    pub fn clinic(&self) -> ClinicId {
        self.resource.clinic
    }

    /// Everyone whose PHI it covers, in order.
    pub fn patients(&self) -> &[PatientId] {
        &self.patients
    }

    /// Whether it covers this patient.
    pub fn covers(&self, patient: PatientId) -> bool {
        self.patients.binary_search(&patient).is_ok()
    }

    /// The policies that permitted the read.
    pub fn policies(&self) -> &[String] {
        &self.policies
    }

    /// Position of the newest `phi-read` fact in the clinic's log; `None` where no patient was named.
    pub fn position(&self) -> Option<u64> {
        self.fact.as_ref().map(|fact| fact.position)
    }

    /// Hash of that fact.
    pub fn hash(&self) -> Option<Hash> {
        self.fact.as_ref().map(|fact| fact.hash)
    }

    pub(crate) fn asking(&self) -> Asking<'_> {
        Asking {
            principal: &self.principal,
            purpose: self.purpose,
            correlation_id: self.correlation_id,
            reason: self.reason.clone(),
        }
    }
}

/// What may leave: a response's content, together with the fact that its disclosure was recorded.
pub struct Disclosed<T: Serialize>(T);

impl<T: Serialize> Disclosed<T> {
    /// Under a receipt.
    pub fn new(_: &Receipt, content: T) -> Self {
        Self(content)
    }
}

impl<T: Serialize> Serialize for Disclosed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Never prints the content.
impl<T: Serialize> std::fmt::Debug for Disclosed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Disclosed")
    }
}
