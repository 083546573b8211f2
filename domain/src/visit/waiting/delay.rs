//! A provider who is late, and when they are expected.

use chrono::{DateTime, Duration, Utc};

use super::{ProviderDelayed, ReportProviderDelay};
use crate::Phi;
use crate::visit::{Error, Event, State, Visit};

impl Visit {
    pub(in crate::visit) fn report_provider_delay(
        &self,
        command: ReportProviderDelay,
        at: DateTime<Utc>,
    ) -> Result<Event, Error> {
        const BEFORE_ADMISSION: [State; 5] =
            [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held];
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, now};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    #[test]
    fn a_late_provider_is_expected_at_a_new_time() {
        for state in [State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held] {
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
}
