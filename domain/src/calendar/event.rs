//! What happens in a provider's calendar of a day.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{HoldId, ProviderId, VisitId};

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
    /// The hold that ended with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
}

/// A time is kept for a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SlotHeld {
    /// Whose calendar.
    pub provider_id: ProviderId,
    /// Which day's, in UTC.
    pub day: NaiveDate,
    /// The hold.
    pub hold_id: HoldId,
    /// When the time starts.
    pub starts_at: DateTime<Utc>,
    /// How long it is.
    pub duration_minutes: u16,
    /// When the hold began.
    pub held_from: DateTime<Utc>,
    /// When it ends by itself.
    pub held_until: DateTime<Utc>,
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
        "slot-held" "1.0" => SlotHeld, "A time is kept for whoever is booking it, and is free again by itself after some minutes.";
    }
}
