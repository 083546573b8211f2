//! Record an attempt to reach the patient, go on by another modality, record that technology failed.

use super::{ContactMeans, ContactOutcome, FailureKind, FailureResolution, FailureSide, ModalityReason};
use crate::visit::Modality;
use crate::visit::declare::commands;
use crate::{PhoneNumber, Text};

commands! {
    /// Somebody tried to reach the patient.
    RecordContactAttempt {
        /// By what means.
        means: ContactMeans,
        /// What came of it.
        outcome: ContactOutcome,
        /// Which number, if one was called.
        number: Option<PhoneNumber>,
        /// What was said or left.
        details: Option<Text<500>>,
    }

    /// The visit is held by another modality from now on.
    ChangeModality {
        /// By which.
        to: Modality,
        /// Why.
        reason: ModalityReason,
        /// More about why.
        details: Option<Text<500>>,
    }

    /// Technology failed.
    ReportTechnicalFailure {
        /// On whose side.
        side: FailureSide,
        /// What failed.
        kind: FailureKind,
        /// How it came out.
        resolution: FailureResolution,
        /// More about it.
        details: Option<Text<500>>,
    }
}
