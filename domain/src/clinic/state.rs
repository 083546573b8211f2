//! What a clinic's stream adds up to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Event, StaffNaming};
use crate::law::{Reliance, ReviewVerdict, RuleId};
use crate::visit::{LateResponse, ReminderPolicy};
use crate::{ClinicId, Sha256Hex, TimeZone};

/// A clinic's record as far as rules need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clinic {
    id: Option<ClinicId>,
    time_zone: Option<TimeZone>,
    grace_minutes: u16,
    simulated: bool,
    reminder_policy: Option<ReminderPolicy>,
    late_responses: Option<BTreeSet<LateResponse>>,
    staff_naming: StaffNaming,
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

    /// Where its clocks are set; UTC as long as nobody said.
    pub fn time_zone(&self) -> TimeZone {
        self.time_zone.clone().unwrap_or_default()
    }

    /// How long after the start of a visit nobody is yet a no-show.
    pub fn grace_minutes(&self) -> u16 {
        self.grace_minutes
    }

    /// Which reminders its patients get; `None`: nobody ever said, and they get none.
    pub fn reminder_policy(&self) -> Option<&ReminderPolicy> {
        self.reminder_policy.as_ref()
    }

    /// What may be done of patients who come late; everything there is until somebody says.
    pub fn late_responses(&self) -> BTreeSet<LateResponse> {
        self.late_responses.clone().unwrap_or_else(LateResponse::all)
    }

    /// How staff is named to a patient who asks who looked at the record.
    pub fn staff_naming(&self) -> StaffNaming {
        self.staff_naming
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
            Event::ReminderPolicySet(set) => self.reminder_policy = Some(set.policy.clone()),
            Event::LateArrivalPolicySet(set) => self.late_responses = Some(set.responses.clone()),
            Event::StaffNamingSet(set) => self.staff_naming = set.patients_see,
            Event::RuleReviewed(reviewed) => {
                self.reviews.insert(reviewed.rule.clone(), (reviewed.content_sha256.clone(), reviewed.verdict));
            }
        }
    }
}
