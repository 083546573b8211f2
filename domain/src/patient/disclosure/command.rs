//! What can be asked about disclosures.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;

use super::terms::Visits;
use super::{DisclosureGround, SuspensionStatement};
use crate::{DisclosureId, Text, VisitId};

/// Record that something of the patient's record was given to somebody outside.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordDisclosure {
    /// On what ground.
    pub ground: DisclosureGround,
    /// The clinic's day on which it was made.
    pub on: NaiveDate,
    /// Who received it.
    pub recipient: Text<200>,
    /// Their address, if known.
    pub address: Option<Text<300>>,
    /// What was disclosed, in short.
    pub description: Text<1000>,
    /// What for, in short.
    pub purpose: Text<1000>,
    /// Visits of the patient whose record was in it, as far as known.
    #[serde(default)]
    pub visits: Vec<VisitId>,
}

/// What recording a disclosure needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct DisclosureFacts {
    /// The id it gets.
    pub disclosure_id: DisclosureId,
    /// The clinic's day.
    pub today: NaiveDate,
    /// Of the visits it names, those that are the patient's.
    pub own_visits: Visits,
}

/// Leave a disclosure out of what the patient is told, for a time: the agency that received it asked for that.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendAccounting {
    /// How they asked.
    pub statement: SuspensionStatement,
    /// Who asked: the agency, and the official who spoke for it.
    pub agency: Text<300>,
    /// The clinic's day on which they asked.
    pub stated_on: NaiveDate,
    /// The last day on which it is left out.
    pub until: NaiveDate,
}
