//! What happens to a clinic's record.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::StaffNaming;
use crate::law::{ReviewVerdict, RuleId};
use crate::visit::{LateResponse, ReminderPolicy};
use crate::{ClinicId, Sha256Hex, Text, TimeZone};

/// A clinic's record was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClinicRegistered {
    /// The clinic, also the id of the stream.
    pub clinic_id: ClinicId,
    /// Name as patients see it.
    pub name: Text<200>,
    /// Where its clocks are set.
    pub time_zone: TimeZone,
    /// How long after the start of a visit nobody is yet a no-show.
    pub grace_minutes: u16,
    /// Whether everything in it is simulated.
    pub simulated: bool,
}

/// The clinic's compliance officer reviewed a rule of law or of a payer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleReviewed {
    /// The rule.
    pub rule: RuleId,
    /// The hash of the content that was reviewed: other content under the same name is not.
    pub content_sha256: Sha256Hex,
    /// What the review found.
    pub verdict: ReviewVerdict,
}

/// The clinic said what may be done of patients who come late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LateArrivalPolicySet {
    /// What the desk may choose from.
    pub responses: BTreeSet<LateResponse>,
}

/// The clinic said which reminders its patients get.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReminderPolicySet {
    /// Which, none among them, and how.
    pub policy: ReminderPolicy,
}

/// The clinic said how staff is named to a patient who asks who looked at the record.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StaffNamingSet {
    /// What the patient is told.
    pub patients_see: StaffNaming,
}

crate::catalogue! {
    /// A fact about a clinic's record.
    pub enum Event {
        "clinic-registered" "1.0" => ClinicRegistered, "A clinic's record was opened.";
        "rule-reviewed" "1.0" => RuleReviewed, "The compliance officer reviewed a rule of law or of a payer.";
        "reminder-policy-set" "1.0" => ReminderPolicySet, "The clinic said which reminders its patients get, or none.";
        "late-arrival-policy-set" "1.0" => LateArrivalPolicySet, "The clinic said what may be done of patients who come late.";
        "staff-naming-set" "1.0" => StaffNamingSet, "The clinic said how staff is named to a patient who asks who looked at the record.";
    }
}
