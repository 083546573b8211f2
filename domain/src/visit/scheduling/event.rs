//! A visit set up, called off, or never come to.

use chrono::{DateTime, Utc};

use super::{CancelReason, HandOverReason, LateCharge, NoShowReversalReason, Party, RescheduleReason};
use crate::visit::Modality;
use crate::visit::declare::payloads;
use crate::{PatientId, Phi, ProviderId, Text};

payloads! {
    /// A visit was set up.
    Scheduled {
        /// Whom it is for.
        patient_id: PatientId,
        /// Who is to treat.
        provider_id: ProviderId,
        /// When it is to start.
        starts_at: DateTime<Utc>,
        /// How long it is to take.
        duration_minutes: u16,
        /// How it is to be held.
        modality: Modality,
        /// Why the patient comes, in their words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
    }

    /// The visit was moved to another time.
    Rescheduled {
        /// Who moved it.
        by: Party,
        /// Why.
        reason: RescheduleReason,
        /// When it was to start.
        from_starts_at: DateTime<Utc>,
        /// How long it was to take.
        from_duration_minutes: u16,
        /// When it is to start now.
        starts_at: DateTime<Utc>,
        /// How long it is to take now.
        duration_minutes: u16,
    }

    /// The visit was called off.
    Cancelled {
        /// Who called it off.
        by: Party,
        /// Why.
        reason: CancelReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// Whether it is charged, where somebody decided that it was late.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        late_charge: Option<LateCharge>,
    }

    /// The patient never came.
    NoShowRecorded {
        /// The grace period that had passed.
        grace_minutes: u16,
    }

    /// The patient was no no-show after all.
    NoShowReversed {
        /// Why.
        reason: NoShowReversalReason,
    }

    /// Another provider is to treat the patient.
    HandedOver {
        /// Who was to.
        from_provider_id: ProviderId,
        /// Who is to now.
        to_provider_id: ProviderId,
        /// Why.
        reason: HandOverReason,
    }
}
