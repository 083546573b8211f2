//! The words of breaking the glass, and what the patient's state holds of it.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why the glass was broken. A closed list, because it has to stand when everything else is unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GlassReason {
    /// The patient's life or health is in danger.
    MedicalEmergency,
    /// The one who treats cannot be reached, and it cannot wait.
    ProviderUnreachable,
    /// Somebody else is in danger.
    DangerToOthers,
}

/// What a review found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GlassFinding {
    /// It was right.
    Justified,
    /// It was not.
    NotJustified,
    /// It was right, and more was looked at than had to be.
    MoreThanNeeded,
}

/// A broken glass as far as rules need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenGlass {
    /// Who broke it, by the identity provider's subject.
    pub broken_by: String,
    /// When its time is over.
    pub until: DateTime<Utc>,
    /// Whether somebody reviewed it, which ends it too.
    pub reviewed: bool,
}

impl BrokenGlass {
    /// Whether this person may still look through it. Not any more at the very moment its time is over.
    pub fn stands(&self, subject: &str, at: DateTime<Utc>) -> bool {
        !self.reviewed && self.broken_by == subject && at < self.until
    }
}
