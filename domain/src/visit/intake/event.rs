//! What the patient told before the visit, and whether their devices work.

use chrono::{DateTime, Utc};

use super::{CheckResult, ReportedVital, Review};
use crate::visit::declare::payloads;
use crate::{Phi, Role, Text};

payloads! {
    /// The patient told what a provider needs to know. Replaces what they told earlier.
    IntakeRecorded {
        /// Why they come, in their words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Phi<Text<500>>>,
        /// What they read off their own devices. Reported, not measured.
        vitals: Phi<Vec<ReportedVital>>,
        /// What they take.
        medications: Phi<Review>,
        /// What they are allergic to.
        allergies: Phi<Review>,
        /// Who entered it: the patient, or staff on the patient's word.
        recorded_by: Role,
    }

    /// Camera, microphone, speaker and network were tried.
    DeviceChecked {
        /// The camera.
        camera: CheckResult,
        /// The microphone.
        microphone: CheckResult,
        /// The speaker.
        speaker: CheckResult,
        /// The network.
        network: CheckResult,
        /// When.
        checked_at: DateTime<Utc>,
        /// In which role it was recorded.
        recorded_by: Role,
    }
}
