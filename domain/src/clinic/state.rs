//! What a clinic's stream adds up to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Event;
use crate::law::{Reliance, ReviewVerdict, RuleId};
use crate::{ClinicId, Sha256Hex, TimeZone};

/// A clinic's record as far as rules need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clinic {
    id: Option<ClinicId>,
    time_zone: Option<TimeZone>,
    grace_minutes: u16,
    simulated: bool,
    reviews: BTreeMap<RuleId, (Sha256Hex, ReviewVerdict)>,
}

impl Clinic {
    /// The clinic's id, once registered.
    pub fn id(&self) -> Option<ClinicId> {
        self.id
    }

    /// Whether the stream has a clinic at all.
    pub fn is_registered(&self) -> bool {
        self.id.is_some()
    }

    /// Where its clocks are set.
    pub fn time_zone(&self) -> Option<&TimeZone> {
        self.time_zone.as_ref()
    }

    /// How long after the start of a visit nobody is yet a no-show.
    pub fn grace_minutes(&self) -> u16 {
        self.grace_minutes
    }

    /// Whether everything in it is simulated.
    pub fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// On which rules of law and of payers it may rely.
    pub fn reliance(&self) -> Reliance {
        Reliance { simulated: self.simulated, reviews: self.reviews.clone() }
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::ClinicRegistered(registered) => {
                self.id = Some(registered.clinic_id);
                self.time_zone = Some(registered.time_zone.clone());
                self.grace_minutes = registered.grace_minutes;
                self.simulated = registered.simulated;
            }
            Event::RuleReviewed(reviewed) => {
                self.reviews.insert(reviewed.rule.clone(), (reviewed.content_sha256.clone(), reviewed.verdict));
            }
        }
    }
}
