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

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::example::{commands::*, events::*, story};
    use super::*;
    use crate::given::{given, now};
    use crate::{Role, Rules};

    #[test]
    fn a_late_provider_is_expected_at_a_new_time() {
        for state in [State::Scheduled, State::Arrived, State::CheckedIn, State::Held] {
            given::<Visit>(story(state)).when(Role::FrontDesk, report_provider_delay()).then([provider_delayed()]);
        }
        given::<Visit>(story(State::Admitted)).when(Role::FrontDesk, report_provider_delay()).refused("wrong-state");
        let visit = Visit::replay(&[scheduled(), provider_delayed()]);
        assert_eq!(visit.expected_at(), Some(now() + Duration::minutes(10)));
    }

    #[test]
    fn the_new_time_lies_ahead_and_within_a_day() {
        for minutes in [0, -5, 24 * 60 + 1] {
            let expected_at = now() + Duration::minutes(minutes);
            let command = Command::ReportProviderDelay(ReportProviderDelay { expected_at, reason: None });
            given::<Visit>([scheduled()]).when(Role::FrontDesk, command).refused("expected-time-unreasonable");
        }
    }

    #[test]
    fn only_who_waits_is_held_and_only_who_is_held_returns() {
        let (waiting, on_hold) = (story(State::CheckedIn), story(State::Held));
        given::<Visit>(waiting.clone()).when(Role::FrontDesk, hold()).then([held()]);
        given::<Visit>(on_hold.clone()).when(Role::FrontDesk, hold()).refused("wrong-state");
        given::<Visit>(on_hold.clone()).when(Role::FrontDesk, return_to_waiting()).then([returned_to_waiting()]);
        given::<Visit>(waiting).when(Role::FrontDesk, return_to_waiting()).refused("wrong-state");
        let returned = on_hold.into_iter().chain([returned_to_waiting()]);
        given::<Visit>(returned).when(Role::Provider, admit()).then([admitted()]);
    }

    #[test]
    fn leaving_unseen_is_not_the_end_of_the_visit() {
        for state in [State::Arrived, State::CheckedIn, State::Held] {
            given::<Visit>(story(state)).when(Role::FrontDesk, leave_waiting_room()).then([left_waiting_room()]);
        }
        given::<Visit>(story(State::Admitted)).when(Role::FrontDesk, leave_waiting_room()).refused("wrong-state");
        given::<Visit>(story(State::Left)).when(Role::Patient, arrive()).then([arrived(true)]);
        given::<Visit>(story(State::Left)).when(Role::FrontDesk, cancel()).then([cancelled()]);
    }
}
