//! What can be asked about breaking the glass.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{GlassFinding, GlassReason};
use crate::{GlassId, Text};

/// Break the glass: see this patient's record although nothing else permits it. Compliance is told, and reviews it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakGlass {
    /// Why.
    pub reason: GlassReason,
    /// What happened.
    pub details: Text<1000>,
    /// For how long, 1 to 240 minutes.
    pub minutes: u16,
}

/// The id it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewGlass {
    /// This breaking of the glass.
    pub glass_id: GlassId,
}

/// Close the review of a broken glass. Whoever broke it may not; if its time is not over, it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewGlass {
    /// Which.
    pub glass_id: GlassId,
    /// What the review found.
    pub finding: GlassFinding,
    /// More about it.
    pub details: Option<Text<1000>>,
}
