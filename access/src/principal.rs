//! Who asks, as a verified token established it. The client never says who it is.

use daybook_domain::access_events::Purpose;
use daybook_domain::{Actor, ClinicId, PatientId, ProviderId, Role};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A person, or the system, in one role at one clinic, within one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The identity provider's subject.
    pub subject: String,
    /// The capacity in which they act.
    pub role: Role,
    /// The clinic they act at; everything else is closed to them.
    pub clinic: ClinicId,
    /// The patient's or provider's id, where the subject is one of them.
    pub person: Option<Uuid>,
    /// Names the session's own stream of access facts; see [`session_id`].
    pub session: Uuid,
}

impl Principal {
    /// A program of the installation at work on its own, such as a reactor. `task` is kebab-case and ends up in the log.
    pub fn system(task: &'static str, clinic: ClinicId) -> Self {
        let subject = format!("system:{task}");
        let session = session_id("daybook", &subject, clinic, None);
        Self { subject, role: Role::System, clinic, person: None, session }
    }

    /// The same, as the domain's rules see it.
    pub fn actor(&self) -> Actor {
        Actor { role: self.role, subject: self.subject.clone(), person: self.person }
    }

    /// The patient this is, acting as one.
    pub fn patient(&self) -> Option<PatientId> {
        self.person.filter(|_| self.role == Role::Patient).map(PatientId)
    }

    /// The provider this is, acting as one.
    pub fn provider(&self) -> Option<ProviderId> {
        self.person.filter(|_| self.role == Role::Provider).map(ProviderId)
    }

    /// The purpose this role reads for unless it says otherwise.
    pub fn usual_purpose(&self) -> Purpose {
        match self.role {
            Role::Patient => Purpose::PatientRequest,
            Role::Provider | Role::ClinicalStaff | Role::FrontDesk => Purpose::Treatment,
            Role::Billing => Purpose::Payment,
            Role::Compliance | Role::Auditor => Purpose::Audit,
            Role::Administrator => Purpose::Operations,
            Role::System => Purpose::System,
        }
    }
}

/// A session's id: the same for every token of one session, and nothing outside can be guessed from it. A token without
/// `sid` and `jti` belongs to the one unnamed session of its subject. The clinic is part of it because a stream lives in
/// one clinic's log, and a subject may work at two.
pub(crate) fn session_id(issuer: &str, subject: &str, clinic: ClinicId, session: Option<&str>) -> Uuid {
    let mut hasher = Sha256::new();
    for part in [b"daybook/session/v1", issuer.as_bytes(), subject.as_bytes(), session.unwrap_or_default().as_bytes()] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.update(clinic.0.as_bytes());
    let hash = hasher.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_one_issuers_one_subjects_and_one_clinics() {
        let clinic = ClinicId(Uuid::from_u128(1));
        let id = session_id("https://a", "x", clinic, Some("1"));
        assert_eq!(id, session_id("https://a", "x", clinic, Some("1")));
        for other in [
            session_id("https://b", "x", clinic, Some("1")),
            session_id("https://a", "y", clinic, Some("1")),
            session_id("https://a", "x", ClinicId(Uuid::from_u128(2)), Some("1")),
            session_id("https://a", "x", clinic, Some("2")),
            session_id("https://a", "x1", clinic, None),
        ] {
            assert_ne!(id, other);
        }
    }
}
