//! Setting a visit up, and calling it off.

use chrono::{DateTime, Datelike, Duration, Utc};

use super::{Cancel, Cancelled, Schedule, ScheduleFacts, Scheduled};
use crate::Phi;
use crate::visit::{Error, Event, State, Visit};

/// How far ahead a visit may be set up, in days.
const FURTHEST_AHEAD_DAYS: i64 = 2 * 366;

impl Visit {
    pub(in crate::visit) fn schedule(
        &self,
        command: Schedule,
        facts: ScheduleFacts,
        at: DateTime<Utc>,
    ) -> Result<Event, Error> {
        if self.state() != State::NotScheduled {
            return Err(Error::AlreadyScheduled);
        }
        if !facts.patient_registered {
            return Err(Error::UnknownPatient);
        }
        if !facts.provider_registered {
            return Err(Error::UnknownProvider);
        }
        let Schedule { patient_id, provider_id, starts_at, duration_minutes, modality, reason } = command;
        if starts_at.year() < 2000 || starts_at.signed_duration_since(at) > Duration::days(FURTHEST_AHEAD_DAYS) {
            return Err(Error::StartUnreasonable);
        }
        if !(5..=480).contains(&duration_minutes) {
            return Err(Error::DurationOutOfRange);
        }
        let reason = reason.map(Phi::Clear);
        Ok(Scheduled { patient_id, provider_id, starts_at, duration_minutes, modality, reason }.into())
    }

    pub(in crate::visit) fn cancel(&self, command: Cancel) -> Result<Event, Error> {
        const BEFORE_ADMISSION: [State; 5] =
            [State::Scheduled, State::Arrived, State::CheckedIn, State::Held, State::Left];
        self.require(&BEFORE_ADMISSION, "cancel", "a visit is called off before the patient is admitted, and once")?;
        Ok(Cancelled { by: command.by, reason: command.reason, details: command.details.map(Phi::Clear) }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::{given, now};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, story};

    fn schedule_with(change: impl FnOnce(&mut Schedule, &mut ScheduleFacts)) -> Command {
        let Command::Schedule(mut command, mut facts) = schedule() else { unreachable!() };
        change(&mut command, &mut facts);
        Command::Schedule(command, facts)
    }

    #[test]
    fn a_visit_is_scheduled_once_for_people_who_are_registered() {
        let nothing = given::<Visit>([]);
        nothing.when(Role::FrontDesk, schedule()).then([scheduled()]);
        nothing
            .when(Role::FrontDesk, schedule_with(|_, facts| facts.patient_registered = false))
            .refused("unknown-patient");
        nothing
            .when(Role::FrontDesk, schedule_with(|_, facts| facts.provider_registered = false))
            .refused("unknown-provider");
        given::<Visit>([scheduled()]).when(Role::FrontDesk, schedule()).refused("already-scheduled");
    }

    #[test]
    fn time_and_length_of_a_visit_are_plausible() {
        let nothing = given::<Visit>([]);
        for days in [3 * 366, -27 * 366] {
            let command = schedule_with(|command, _| command.starts_at = now() + Duration::days(days));
            nothing.when(Role::FrontDesk, command).refused("start-unreasonable");
        }
        for minutes in [0, 4, 481] {
            let command = schedule_with(|command, _| command.duration_minutes = minutes);
            nothing.when(Role::FrontDesk, command).refused("duration-out-of-range");
        }
    }

    #[test]
    fn a_visit_can_be_called_off_until_the_patient_is_admitted() {
        for state in State::ALL {
            let outcome = given::<Visit>(story(state)).when(Role::FrontDesk, cancel());
            match state {
                State::Scheduled | State::Arrived | State::CheckedIn | State::Held | State::Left => {
                    outcome.then([cancelled()]);
                }
                _ => outcome.refused("wrong-state"),
            }
        }
    }
}
