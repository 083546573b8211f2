//! The waiting room: a late provider, holding and returning, leaving without being seen.

use chrono::{DateTime, Duration, Utc};

use super::{
    Error, Event, Held, Hold, LeaveWaitingRoom, LeftWaitingRoom, ProviderDelayed, ReportProviderDelay,
    ReturnedToWaiting, State, Visit,
};
use crate::Phi;

impl Visit {
    pub(super) fn report_provider_delay(
        &self,
        command: ReportProviderDelay,
        at: DateTime<Utc>,
    ) -> Result<Event, Error> {
        const BEFORE_ADMISSION: [State; 4] = [State::Scheduled, State::Arrived, State::CheckedIn, State::Held];
        self.require(
            &BEFORE_ADMISSION,
            "report-provider-delay",
            "a provider is late only before admitting the patient",
        )?;
        let from_now = command.expected_at.signed_duration_since(at);
        if from_now <= Duration::zero() || from_now > Duration::days(1) {
            return Err(Error::ExpectedTimeUnreasonable);
        }
        Ok(ProviderDelayed { expected_at: command.expected_at, reason: command.reason.map(Phi::Clear) }.into())
    }

    pub(super) fn hold(&self, command: Hold) -> Result<Event, Error> {
        self.require(&[State::CheckedIn], "hold", "only a waiting patient can be put on hold")?;
        Ok(Held { reason: command.reason, details: command.details.map(Phi::Clear) }.into())
    }

    pub(super) fn return_to_waiting(&self) -> Result<Event, Error> {
        self.require(&[State::Held], "return-to-waiting", "only a patient on hold returns to waiting")?;
        Ok(ReturnedToWaiting {}.into())
    }

    pub(super) fn leave_waiting_room(&self, command: LeaveWaitingRoom) -> Result<Event, Error> {
        const HERE_UNSEEN: [State; 3] = [State::Arrived, State::CheckedIn, State::Held];
        self.require(
            &HERE_UNSEEN,
            "leave-waiting-room",
            "only a patient who is here and not yet admitted leaves unseen",
        )?;
        Ok(LeftWaitingRoom { reason: command.reason.map(Phi::Clear) }.into())
    }
}
