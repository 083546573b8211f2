//! The words of an access review.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Role;

/// Who used which role, as the record of access has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessLine {
    /// Counts from 1.
    pub line: u32,
    /// Whose access, by the identity provider's subject.
    pub subject: String,
    /// In which role.
    pub role: Role,
    /// When they last were shown something.
    pub last_access: DateTime<Utc>,
    /// How often in the time that is reviewed.
    pub accesses: u64,
}

/// What becomes of somebody's access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccessDecision {
    /// It stays.
    Keep,
    /// It goes. The clinic takes it away at its identity provider: Daybook gives nobody a role.
    Remove,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccessReason {
    /// Their work needs it.
    Needed,
    /// For a time that is not over.
    NeededForATime,
    /// They do other work now.
    DutiesChanged,
    /// They left.
    Left,
    /// They do not use it.
    NotUsed,
    /// They should never have had it.
    GivenInError,
    /// They used it for what it is not for.
    Misused,
}

impl AccessReason {
    /// Whether it is a reason for this decision.
    pub fn speaks_for(self, decision: AccessDecision) -> bool {
        let keeps = matches!(self, AccessReason::Needed | AccessReason::NeededForATime);
        keeps == (decision == AccessDecision::Keep)
    }
}
