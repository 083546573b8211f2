//! Set a visit up, call it off, or record that the patient never came.

use chrono::{DateTime, Utc};

use super::{CancelReason, Party};
use crate::visit::Modality;
use crate::visit::declare::commands;
use crate::{PatientId, ProviderId, Text};

commands! {
    /// Set up a visit.
    Schedule {
        /// Whom it is for.
        patient_id: PatientId,
        /// Who is to treat.
        provider_id: ProviderId,
        /// When it is to start.
        starts_at: DateTime<Utc>,
        /// How long it is to take, 5 to 480 minutes.
        duration_minutes: u16,
        /// How it is to be held.
        modality: Modality,
        /// Why the patient comes, in their words.
        reason: Option<Text<500>>,
    }

    /// Call the visit off before the patient is admitted.
    Cancel {
        /// Who calls it off.
        by: Party,
        /// Why.
        reason: CancelReason,
        /// More about why.
        details: Option<Text<500>>,
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
}

/// What the clinic says about lateness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoShowFacts {
    /// How long after the start nobody is yet a no-show.
    pub grace_minutes: u16,
}
