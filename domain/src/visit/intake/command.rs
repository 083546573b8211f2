//! Tell what a provider needs to know, and try the devices.

use super::{CheckResult, ReportedVital, Review};
use crate::Text;
use crate::visit::declare::commands;

commands! {
    /// The patient tells what a provider needs to know. The newest counts.
    RecordIntake {
        /// Why they come, in their words.
        reason: Option<Text<500>>,
        /// What they read off their own devices, one of each kind.
        vitals: Vec<ReportedVital>,
        /// What they take.
        medications: Review,
        /// What they are allergic to.
        allergies: Review,
    }

    /// Camera, microphone, speaker and network were tried. The newest counts.
    RecordDeviceCheck {
        /// The camera.
        camera: CheckResult,
        /// The microphone.
        microphone: CheckResult,
        /// The speaker.
        speaker: CheckResult,
        /// The network.
        network: CheckResult,
    }
}
