//! What can be asked of a clinic's record.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::StaffNaming;
use crate::law::{ReviewVerdict, RuleId};
use crate::visit::{LateResponse, ReminderPolicy};
use crate::{ClinicId, Sha256Hex, Text, TimeZone};

/// Everything that can be asked, with the facts looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open the clinic's record.
    Register(Register, NewClinic),
    /// Say whether a rule of law or of a payer is right.
    ReviewRule(RuleId, ReviewRule),
    /// Say what is done of patients who come late.
    SetLateArrivalPolicy(SetLateArrivalPolicy),
    /// Say which reminders its patients get, or none.
    SetReminderPolicy(ReminderPolicy),
    /// Say how staff is named to a patient who asks who looked at the record.
    SetStaffNaming(SetStaffNaming),
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Register(..) => "register",
            Command::ReviewRule(..) => "review-rule",
            Command::SetLateArrivalPolicy(_) => "set-late-arrival-policy",
            Command::SetReminderPolicy(_) => "set-reminder-policy",
            Command::SetStaffNaming(_) => "set-staff-naming",
        }
    }
}

/// Open the clinic's record.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Name as patients see it.
    pub name: Text<200>,
    /// Where its clocks are set.
    pub time_zone: TimeZone,
    /// How long after the start of a visit nobody is yet a no-show, 0 to 240 minutes.
    pub grace_minutes: u16,
    /// Whether everything in it is simulated.
    #[serde(default)]
    pub simulated: bool,
}

/// Say what may be done of patients who come later than the grace period. Until it is said, all of it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetLateArrivalPolicy {
    /// What the desk may choose from.
    pub responses: BTreeSet<LateResponse>,
}

/// Say how staff is named to a patient who asks who looked at the record. Until it is said, by role.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStaffNaming {
    /// What the patient is told.
    pub patients_see: StaffNaming,
}

/// The id the new clinic gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewClinic {
    /// Also the id of the stream.
    pub clinic_id: ClinicId,
}

/// Say whether a rule of law or of a payer is right. The clinic relies on what is accepted, and uses nothing that is
/// rejected; the newest review of a rule counts.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRule {
    /// The hash of the content that was reviewed, as `GET /v1/rules/{id}` gives it.
    pub content_sha256: Sha256Hex,
    /// What the review found.
    pub verdict: ReviewVerdict,
}
