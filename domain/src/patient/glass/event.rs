//! What happens when the glass is broken. Who did it, why and until when stands clear; what they wrote is sealed.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GlassFinding, GlassReason};
use crate::{GlassId, Phi, Role, Text};

/// Somebody broke the glass: until a time they see this patient's record although nothing else permits it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GlassBroken {
    /// This breaking of the glass.
    pub glass_id: GlassId,
    /// Why.
    pub reason: GlassReason,
    /// What happened, in their words.
    pub details: Phi<Text<1000>>,
    /// Who, by the identity provider's subject.
    pub broken_by: String,
    /// In which role.
    pub role: Role,
    /// When its time is over.
    pub until: DateTime<Utc>,
}

/// Another person reviewed it, which also ends it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GlassReviewed {
    /// This breaking of the glass.
    pub glass_id: GlassId,
    /// What the review found.
    pub finding: GlassFinding,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Phi<Text<1000>>>,
    /// Who broke it, by the identity provider's subject.
    pub broken_by: String,
    /// Who reviewed it, by the identity provider's subject.
    pub reviewed_by: String,
}
