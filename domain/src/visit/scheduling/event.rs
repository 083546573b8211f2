//! A visit set up, called off, or never come to.

use chrono::{DateTime, Utc};

use super::{CancelReason, Party};
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

    /// The visit was called off.
    Cancelled {
        /// Who called it off.
        by: Party,
        /// Why.
        reason: CancelReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
    }

    /// The patient never came.
    NoShowRecorded {
        /// The grace period that had passed.
        grace_minutes: u16,
    }
}
