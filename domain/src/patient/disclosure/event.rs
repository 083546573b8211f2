//! What happens with disclosures. Who received what and what for stands sealed; the ground and the day do not, because they
//! have to be understood after the keys are gone.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::terms::Visits;
use super::{DisclosureGround, SuspensionStatement};
use crate::{DisclosureId, Phi, Text};

/// Something of the patient's record was given to somebody outside. Somebody here says so: Daybook did not watch it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DisclosureMade {
    /// The disclosure.
    pub disclosure_id: DisclosureId,
    /// On what ground.
    pub ground: DisclosureGround,
    /// The clinic's day on which it was made.
    pub on: NaiveDate,
    /// Who received it.
    pub recipient: Phi<Text<200>>,
    /// Their address, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Phi<Text<300>>>,
    /// What was disclosed, in short.
    pub description: Phi<Text<1000>>,
    /// What for, in short.
    pub purpose: Phi<Text<1000>>,
    /// Visits of the patient whose record was in it, as far as known.
    #[serde(default, skip_serializing_if = "Visits::is_empty")]
    pub visits: Visits,
}

/// The agency that received a disclosure asked that the patient is not told of it for a time. A newer statement takes the
/// place of an older one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountingSuspended {
    /// The disclosure.
    pub disclosure_id: DisclosureId,
    /// How they asked.
    pub statement: SuspensionStatement,
    /// Who asked: the agency, and the official who spoke for it.
    pub agency: Phi<Text<300>>,
    /// The clinic's day on which they asked.
    pub stated_on: NaiveDate,
    /// The last day on which it is left out.
    pub until: NaiveDate,
}
