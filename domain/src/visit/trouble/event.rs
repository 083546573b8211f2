//! What happened when the straight way did not work.

use chrono::{DateTime, Utc};

use super::{ContactMeans, ContactOutcome, FailureKind, FailureResolution, FailureSide, ModalityReason};
use crate::visit::Modality;
use crate::visit::declare::payloads;
use crate::{Phi, PhoneNumber, Role, Text};

payloads! {
    /// Somebody tried to reach the patient.
    ContactAttempted {
        /// By what means.
        means: ContactMeans,
        /// What came of it.
        outcome: ContactOutcome,
        /// Which number, if one was called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<Phi<PhoneNumber>>,
        /// What was said or left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// In which role it was tried.
        attempted_by: Role,
    }

    /// The visit is held by another modality.
    ModalityChanged {
        /// By which it was held until then.
        from: Modality,
        /// By which since.
        to: Modality,
        /// Why.
        reason: ModalityReason,
        /// More about why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// Since when: consent, licence and billing are judged by the modality of the time.
        changed_at: DateTime<Utc>,
        /// In which role it was changed.
        changed_by: Role,
    }

    /// Technology failed.
    TechnicalFailure {
        /// On whose side.
        side: FailureSide,
        /// What failed.
        kind: FailureKind,
        /// How it came out.
        resolution: FailureResolution,
        /// More about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<Phi<Text<500>>>,
        /// In which role it was reported.
        reported_by: Role,
    }
}
