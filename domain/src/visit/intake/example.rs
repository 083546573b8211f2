//! Intake and a device check in examples.

use super::*;
use crate::given::{now, text};
use crate::visit::{Command, Event};
use crate::{Phi, Role};

fn vitals() -> Vec<ReportedVital> {
    let reading = |number: f64| Reading::try_from(number).unwrap();
    vec![
        ReportedVital { kind: VitalKind::Temperature, value: reading(38.2), unit: VitalUnit::Celsius },
        ReportedVital { kind: VitalKind::HeartRate, value: reading(96.0), unit: VitalUnit::PerMinute },
    ]
}

fn medications() -> Review {
    Review { answer: ReviewAnswer::Listed, items: vec![text("Feels fine on ibuprofen, 200 mg")] }
}

fn allergies() -> Review {
    Review { answer: ReviewAnswer::NoneKnown, items: vec![] }
}

pub mod events {
    use super::*;

    pub fn intake_recorded() -> Event {
        IntakeRecorded {
            reason: Some(Phi::Clear(text("Sore throat since Monday"))),
            vitals: Phi::Clear(vitals()),
            medications: Phi::Clear(medications()),
            allergies: Phi::Clear(allergies()),
            recorded_by: Role::Patient,
        }
        .into()
    }

    pub fn device_checked() -> Event {
        DeviceChecked {
            camera: CheckResult::Pass,
            microphone: CheckResult::Pass,
            speaker: CheckResult::Fail,
            network: CheckResult::Skipped,
            checked_at: now(),
            recorded_by: Role::Patient,
        }
        .into()
    }

    /// One of each.
    pub fn all() -> Vec<Event> {
        vec![intake_recorded(), device_checked()]
    }
}

pub mod commands {
    use super::*;

    pub fn record_intake() -> Command {
        Command::RecordIntake(RecordIntake {
            reason: Some(text("Sore throat since Monday")),
            vitals: vitals(),
            medications: medications(),
            allergies: allergies(),
        })
    }

    pub fn record_device_check() -> Command {
        Command::RecordDeviceCheck(RecordDeviceCheck {
            camera: CheckResult::Pass,
            microphone: CheckResult::Pass,
            speaker: CheckResult::Fail,
            network: CheckResult::Skipped,
        })
    }

    /// One of each with who would ask for it.
    pub fn all() -> Vec<(Role, Command)> {
        vec![(Role::Patient, record_intake()), (Role::Patient, record_device_check())]
    }
}
