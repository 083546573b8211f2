//! What happens to a clinic's record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::law::{ReviewVerdict, RuleId};
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

crate::catalogue! {
    /// A fact about a clinic's record.
    pub enum Event {
        "clinic-registered" "1.0" => ClinicRegistered, "A clinic's record was opened.";
        "rule-reviewed" "1.0" => RuleReviewed, "The compliance officer reviewed a rule of law or of a payer.";
    }
}
