//! What a patient's stream adds up to. Holds no PHI.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Event, ProxyAuthority};
use crate::{AuthorityId, PatientId, Sha256Hex, VisitId};

/// How the clinic came to know a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// Somebody here registered them.
    Registered,
    /// From another system's record; not witnessed.
    Imported,
}

/// A patient's record as far as the rules need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    id: Option<PatientId>,
    known: Option<Known>,
    /// Keyed hashes of the records that were imported.
    imported: BTreeSet<Sha256Hex>,
    newest_import: Option<Sha256Hex>,
    newest_request: Option<VisitId>,
    authorities: BTreeMap<AuthorityId, ProxyAuthority>,
}

impl Patient {
    /// The patient's id, once registered or imported.
    pub fn id(&self) -> Option<PatientId> {
        self.id
    }

    /// Whether the stream has a patient at all: one who can be found and scheduled.
    pub fn is_registered(&self) -> bool {
        self.id.is_some()
    }

    /// How the clinic came to know the patient.
    pub fn known(&self) -> Option<Known> {
        self.known
    }

    /// The visit the patient last asked for on demand; its own stream tells whether that request is open.
    pub fn newest_request(&self) -> Option<VisitId> {
        self.newest_request
    }

    /// Everybody who may or might act for the patient, whether or not that still stands.
    pub fn proxy_authorities(&self) -> impl Iterator<Item = &ProxyAuthority> {
        self.authorities.values()
    }

    /// One of them.
    pub fn proxy_authority(&self, id: AuthorityId) -> Option<&ProxyAuthority> {
        self.authorities.get(&id)
    }

    /// Whether exactly this content was imported before, from whatever file.
    pub(super) fn has_imported(&self, content_key: &Sha256Hex) -> bool {
        self.imported.contains(content_key)
    }

    /// Whether this content is the newest of what was imported: what the patient is to be found by.
    pub fn was_last_imported_as(&self, content_key: &Sha256Hex) -> bool {
        self.newest_import.as_ref() == Some(content_key)
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::PatientRegistered(registered) => {
                self.id = Some(registered.patient_id);
                self.known = Some(Known::Registered);
            }
            Event::PatientImported(imported) => {
                self.id = Some(imported.patient_id);
                self.known = Some(self.known.unwrap_or(Known::Imported));
                self.imported.insert(imported.origin.content_key.clone());
                self.newest_import = Some(imported.origin.content_key.clone());
            }
            Event::ProxyAuthorityVerified(verified) => {
                let authority = ProxyAuthority {
                    authority_id: verified.authority_id,
                    kind: verified.kind,
                    scope: verified.scope.clone(),
                    expires_on: verified.expires_on,
                    ended: false,
                };
                self.authorities.insert(verified.authority_id, authority);
            }
            Event::VisitRequested(requested) => self.newest_request = Some(requested.visit_id),
            Event::ProxyAuthorityEnded(ended) => {
                if let Some(authority) = self.authorities.get_mut(&ended.authority_id) {
                    authority.ended = true;
                }
            }
        }
    }
}
