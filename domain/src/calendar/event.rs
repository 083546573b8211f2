//! What happens in a provider's calendar of a day.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ProviderId, VisitId};

/// Why a provider is booked twice at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OverbookReason {
    /// It cannot wait.
    Urgent,
    /// Patients who are seen together, such as a family.
    SeenTogether,
    /// The provider agreed to it.
    ProviderAgreed,
    /// A simulated day, told faster than it could happen.
    Simulated,
    /// Something else.
    Other,
}

/// A visit was booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SlotBooked {
    /// Whose calendar.
    pub provider_id: ProviderId,
    /// Which day's, in UTC.
    pub day: NaiveDate,
    /// The visit.
    pub visit_id: VisitId,
    /// When it starts; of a visit across midnight perhaps the day before.
    pub starts_at: DateTime<Utc>,
    /// How long it takes.
    pub duration_minutes: u16,
    /// Why it was booked whatever else is booked at the time, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overbooked: Option<OverbookReason>,
}

/// A visit's time is free again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SlotFreed {
    /// Whose calendar.
    pub provider_id: ProviderId,
    /// Which day's, in UTC.
    pub day: NaiveDate,
    /// The visit.
    pub visit_id: VisitId,
}

crate::catalogue! {
    /// A fact of a provider's calendar of a day.
    pub enum Event {
        "slot-booked" "1.0" => SlotBooked, "A visit was booked at a time of the provider's.";
        "slot-freed" "1.0" => SlotFreed, "A visit that was moved or called off no longer takes the provider's time.";
    }
}
