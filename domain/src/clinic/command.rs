//! What can be asked of a clinic's record.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{ClinicId, Text, TimeZone};

/// Everything that can be asked, with the facts looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open the clinic's record.
    Register(Register, NewClinic),
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Register(..) => "register",
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

/// The id the new clinic gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewClinic {
    /// Also the id of the stream.
    pub clinic_id: ClinicId,
}
