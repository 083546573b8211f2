//! How staff is named to a patient who asks who looked at the record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a patient is told of whoever looked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StaffNaming {
    /// The name, where the clinic's record has it, as of providers; the role of everybody else.
    Names,
    /// The role in which they looked.
    #[default]
    Roles,
    /// Neither.
    Nothing,
}
