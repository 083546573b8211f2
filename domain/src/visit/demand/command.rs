//! Ask for a visit, take one that was asked for, or not.

use chrono::{DateTime, Utc};

use super::DeclineReason;
use crate::calendar::OverbookReason;
use crate::visit::declare::commands;
use crate::visit::{AdmitFacts, Modality};
use crate::{Jurisdiction, PatientId, Text};

commands! {
    /// Ask to be seen by whoever is free.
    RequestVisit {
        /// Whom it is for; of a patient themselves.
        patient_id: PatientId,
        /// How they want to be seen.
        modality: Modality,
        /// Why they come, in their words.
        reason: Text<500>,
        /// Where they are.
        jurisdiction: Jurisdiction,
        /// Not before this.
        earliest: Option<DateTime<Utc>>,
        /// Not after this; within seven days.
        latest: Option<DateTime<Utc>>,
    }

    /// Take the request: the visit becomes the provider's who asks.
    Claim {
        /// How long it is to take, 5 to 480 minutes.
        duration_minutes: u16,
        /// When it is to start, in the time the patient gave; at once if left out, or as soon as the patient can.
        starts_at: Option<DateTime<Utc>>,
        /// Why it does not matter that the provider may be booked, or not at work, at this time. Without it the time must be
        /// free.
        overbook: Option<OverbookReason>,
    }

    /// Do not take the request. It stays open for others.
    DeclineRequest {
        /// Why.
        reason: DeclineReason,
    }

    /// Close a request that nobody took in the time the patient gave.
    ExpireRequest {}
}

/// What the clinic's register says about whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestFacts {
    /// Whether the patient is registered.
    pub patient_registered: bool,
}

/// What has to be known of a provider who claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimFacts {
    /// When the visit is to start.
    pub starts_at: DateTime<Utc>,
    /// Whether the provider works then.
    pub in_hours: bool,
    /// The provider's licences, and what they are judged by.
    pub licences: AdmitFacts,
}
