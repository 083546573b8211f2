//! What a patient's stream adds up to. Holds no PHI.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::disclosure::DisclosureGround;
use super::glass::BrokenGlass;
use super::keeping::{LegalHold, ProposedErasure};
use super::{Event, ProxyAuthority};
use crate::{AuthorityId, DisclosureId, GlassId, LegalHoldId, PatientId, Sha256Hex, VisitId};

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
    holds: BTreeMap<LegalHoldId, LegalHold>,
    proposed_erasure: Option<ProposedErasure>,
    erased: bool,
    disclosures: BTreeMap<DisclosureId, DisclosureGround>,
    glasses: BTreeMap<GlassId, BrokenGlass>,
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

    /// Every legal hold there ever was, whether or not it still stands.
    pub fn legal_holds(&self) -> &BTreeMap<LegalHoldId, LegalHold> {
        &self.holds
    }

    /// Whether a legal hold stands.
    pub fn is_held(&self) -> bool {
        self.holds.values().any(|hold| !hold.released)
    }

    /// The erasure somebody proposed last, unless a hold was placed since.
    pub fn proposed_erasure(&self) -> Option<&ProposedErasure> {
        self.proposed_erasure.as_ref()
    }

    /// Whether the record's keys were destroyed.
    pub fn is_erased(&self) -> bool {
        self.erased
    }

    /// On what ground a disclosure was made, if it was recorded.
    pub fn disclosure(&self, id: DisclosureId) -> Option<DisclosureGround> {
        self.disclosures.get(&id).copied()
    }

    /// Every time somebody broke the glass, whether or not that still stands.
    pub fn glasses(&self) -> &BTreeMap<GlassId, BrokenGlass> {
        &self.glasses
    }

    /// Whether this person, by the identity provider's subject, broke the glass and may still look.
    pub fn is_glass_broken_by(&self, subject: &str, at: DateTime<Utc>) -> bool {
        self.glasses.values().any(|glass| glass.stands(subject, at))
    }

    /// Whether other systems' records of who the patient is were taken in.
    pub fn has_imports(&self) -> bool {
        self.newest_import.is_some()
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
            Event::LegalHoldPlaced(placed) => {
                let hold = LegalHold { ground: placed.ground, proposed: None, released: false };
                self.holds.insert(placed.legal_hold_id, hold);
                self.proposed_erasure = None;
            }
            Event::LegalHoldReleaseProposed(proposed) => {
                if let Some(hold) = self.holds.get_mut(&proposed.legal_hold_id) {
                    hold.proposed = Some((proposed.reason, proposed.proposed_by.clone()));
                }
            }
            Event::LegalHoldReleased(released) => {
                if let Some(hold) = self.holds.get_mut(&released.legal_hold_id) {
                    hold.released = true;
                }
            }
            Event::ErasureProposed(proposed) => {
                let (ground, proposed_by) = (proposed.ground, proposed.proposed_by.clone());
                self.proposed_erasure = Some(ProposedErasure { ground, proposed_by });
            }
            Event::PatientKeyDestroyed(_) => {
                self.proposed_erasure = None;
                self.erased = true;
            }
            Event::DisclosureMade(made) => {
                self.disclosures.insert(made.disclosure_id, made.ground);
            }
            // Whether it still lasts is for whoever makes the accounting: no rule asks.
            Event::AccountingSuspended(_) => {}
            Event::GlassBroken(broken) => {
                let broken_by = broken.broken_by.clone();
                let glass = BrokenGlass { broken_by, until: broken.until, reviewed: false };
                self.glasses.insert(broken.glass_id, glass);
            }
            Event::GlassReviewed(reviewed) => {
                if let Some(glass) = self.glasses.get_mut(&reviewed.glass_id) {
                    glass.reviewed = true;
                }
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
