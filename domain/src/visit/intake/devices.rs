//! Trying out camera, microphone, speaker and network.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use super::intake_form::{OPEN, WHILE_OPEN};
use super::{CheckResult, DeviceChecked, RecordDeviceCheck};
use crate::Actor;
use crate::visit::{Error, Event, Visit};

/// How the newest check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCheck {
    /// The camera.
    pub camera: CheckResult,
    /// The microphone.
    pub microphone: CheckResult,
    /// The speaker.
    pub speaker: CheckResult,
    /// The network.
    pub network: CheckResult,
    /// When.
    pub checked_at: DateTime<Utc>,
}

/// Who tries their devices within this time before the start, or later, is here for the visit.
const HERE_BEFORE_START: Duration = Duration::hours(1);

impl DeviceCheck {
    pub(in crate::visit) fn of(checked: &DeviceChecked) -> Self {
        let DeviceChecked { camera, microphone, speaker, network, checked_at, recorded_by: _ } = *checked;
        Self { camera, microphone, speaker, network, checked_at }
    }

    /// Whether it was made for a visit about to begin, not days ahead.
    pub(in crate::visit) fn is_for(&self, starts_at: DateTime<Utc>) -> bool {
        self.checked_at.signed_duration_since(starts_at) >= -HERE_BEFORE_START
    }
}

impl Visit {
    pub(in crate::visit) fn record_device_check(
        &self,
        command: RecordDeviceCheck,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(&OPEN, "record-device-check", WHILE_OPEN)?;
        self.require_patient_or_staff(actor, "record-device-check")?;
        let RecordDeviceCheck { camera, microphone, speaker, network } = command;
        Ok(DeviceChecked { camera, microphone, speaker, network, checked_at: at, recorded_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, now};
    use crate::visit::State;
    use crate::visit::example::{commands::*, events::*, starts_at, story};
    use crate::{Role, Rules};

    fn checked(checked_at: DateTime<Utc>) -> Event {
        let Event::DeviceChecked(checked) = device_checked() else { unreachable!() };
        DeviceChecked { checked_at, ..checked }.into()
    }

    #[test]
    fn devices_are_tried_days_ahead_and_again() {
        for state in OPEN {
            given::<Visit>(story(state)).when(Role::Patient, record_device_check()).then([device_checked()]);
        }
        let visit = Visit::replay(&[scheduled(), checked(now() - Duration::days(2)), device_checked()]);
        assert_eq!(visit.device_check().map(|check| check.checked_at), Some(now()));
        given::<Visit>(story(State::Ended)).when(Role::Patient, record_device_check()).refused("wrong-state");
        given::<Visit>([scheduled()]).when(Role::Billing, record_device_check()).refused("role-not-permitted");
    }

    #[test]
    fn whoever_is_stuck_in_the_device_check_is_no_no_show() {
        let tried = |at| given::<Visit>([scheduled(), checked(at)]);
        tried(starts_at()).when(Role::FrontDesk, record_no_show()).refused("patient-has-arrived");
        let just = starts_at() - HERE_BEFORE_START;
        tried(just).when(Role::FrontDesk, record_no_show()).refused("patient-has-arrived");
        let days_ahead = just - Duration::seconds(1);
        tried(days_ahead).when(Role::FrontDesk, record_no_show()).then([no_show_recorded()]);
    }
}
