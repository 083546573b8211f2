//! What happens to a clinic's record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ClinicId, Text, TimeZone};

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

crate::catalogue! {
    /// A fact about a clinic's record.
    pub enum Event {
        "clinic-registered" "1.0" => ClinicRegistered, "A clinic's record was opened.";
    }
}
