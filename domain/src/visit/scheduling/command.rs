//! Set a visit up, call it off, or record that the patient never came.

use chrono::{DateTime, Utc};

use super::{CancelReason, HandOverReason, LateCharge, NoShowReversalReason, Party, RescheduleReason};
use crate::calendar::OverbookReason;
use crate::visit::Modality;
use crate::visit::declare::commands;
use crate::{HoldId, NoInstant, PatientId, ProviderId, Text, Time};

commands! {
    /// Set up a visit.
    Schedule {
        /// Whom it is for.
        patient_id: PatientId,
        /// Who is to treat.
        provider_id: ProviderId,
        /// When it is to start: an instant, or a time by the clinic's clocks.
        starts_at: Time,
        /// How long it is to take, 5 to 480 minutes.
        duration_minutes: u16,
        /// How it is to be held.
        modality: Modality,
        /// Why the patient comes, in their words.
        reason: Option<Text<500>>,
        /// Why it does not matter that the provider may be booked, or not at work, at this time. Without it the time must be
        /// free.
        overbook: Option<OverbookReason>,
        /// The hold that keeps this time, if one was asked for.
        hold_id: Option<HoldId>,
    }

    /// Move the visit to another time, before the patient is admitted.
    Reschedule {
        /// Who moves it.
        by: Party,
        /// Why.
        reason: RescheduleReason,
        /// When it is to start: an instant, or a time by the clinic's clocks.
        starts_at: Time,
        /// How long it is to take, 5 to 480 minutes; as long as before if left out.
        duration_minutes: Option<u16>,
        /// Why it does not matter that the provider may be booked, or not at work, at this time. Without it the time must be
        /// free.
        overbook: Option<OverbookReason>,
        /// The hold that keeps this time, if one was asked for.
        hold_id: Option<HoldId>,
    }

    /// Hand the visit over to another provider, before the patient is admitted.
    HandOver {
        /// Who is to treat the patient.
        to_provider_id: ProviderId,
        /// Why.
        reason: HandOverReason,
        /// Why it does not matter that they may be booked, or not at work, at this time. Without it the time must be free.
        overbook: Option<OverbookReason>,
    }

    /// Call the visit off before the patient is admitted.
    Cancel {
        /// Who calls it off.
        by: Party,
        /// Why.
        reason: CancelReason,
        /// More about why.
        details: Option<Text<500>>,
        /// Whether a late cancellation is charged; nothing where it was not late.
        late_charge: Option<LateCharge>,
    }

    /// Take back that the patient never came.
    ReverseNoShow {
        /// Why.
        reason: NoShowReversalReason,
    }

    /// Record that the patient never came.
    RecordNoShow {}
}

/// What the clinic's registers say about the two people of a new visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduleFacts {
    /// Whether the patient is registered.
    pub patient_registered: bool,
    /// Whether the provider is registered.
    pub provider_registered: bool,
    /// When the visit is to be.
    pub when: When,
}

/// What the clinic's clocks and the provider's hours say about a time that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The moment that is meant.
    pub starts_at: Result<DateTime<Utc>, NoInstant>,
    /// Whether the provider works then.
    pub in_hours: bool,
}

/// What the clinic's register says about who takes a visit over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandOverFacts {
    /// Whether the provider is registered.
    pub provider_registered: bool,
    /// Whether they work at the visit's time.
    pub in_hours: bool,
}

/// What the clinic says about lateness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoShowFacts {
    /// How long after the start nobody is yet a no-show.
    pub grace_minutes: u16,
}
