//! Why something was not done, or not shown. Says nothing about whether the thing asked for exists.

use daybook_ledger::append::AppendError;
use daybook_ledger::sealing::RingError;

/// The policies did not permit it. For people it is always the same sentence; the log knows more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not open to you")]
pub struct Denied {
    /// The action, as the policies name it.
    pub action: &'static str,
    /// The policies that forbade it; empty where none permitted it.
    pub policies: Vec<String>,
}

impl Denied {
    /// Stable code, the same for every denial.
    pub fn code(&self) -> &'static str {
        "access-denied"
    }

    /// Why, for the log: whether a policy forbade it, or none permitted it.
    pub fn reason(&self) -> &'static str {
        if self.policies.is_empty() { "not-permitted" } else { "forbidden" }
    }
}

/// Why PHI was not shown.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The disclosure could not be recorded, so nothing is disclosed.
    #[error("the access log cannot be written, so nothing is read: {0}")]
    AuditUnavailable(String),
    /// A receipt of one clinic does not open another's events.
    #[error("the receipt is for another clinic")]
    OtherClinic,
    /// What was asked for is about one patient, and what was to be shown about another.
    #[error("this is about a patient the read was not permitted for")]
    OtherPatient,
    /// An event says that the key it is sealed under was destroyed.
    #[error("this was erased")]
    Erased,
    #[error("a sealed event could not be opened: {0}")]
    Open(RingError),
}

impl AccessError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            AccessError::Denied(denied) => denied.code(),
            AccessError::AuditUnavailable(_) => "audit-unavailable",
            AccessError::OtherClinic => "other-clinic",
            AccessError::OtherPatient => "other-patient",
            AccessError::Erased => "erased",
            AccessError::Open(_) => "cannot-open",
        }
    }
}

impl From<AppendError> for AccessError {
    fn from(error: AppendError) -> Self {
        AccessError::AuditUnavailable(error.code().into())
    }
}
