//! Setting a visit up, calling it off, and recording that the patient never came.

use chrono::{DateTime, Datelike, Duration, Utc};

use super::decide::require_role;
use super::{
    Cancel, Cancelled, Error, Event, NoShowFacts, NoShowRecorded, Participant, Schedule, ScheduleFacts, Scheduled,
};
use super::{State, Visit};
use crate::{Actor, Phi, Role};

/// How far ahead a visit may be set up, in days.
const FURTHEST_AHEAD_DAYS: i64 = 2 * 366;

impl Visit {
    pub(super) fn schedule(&self, command: Schedule, facts: ScheduleFacts, at: DateTime<Utc>) -> Result<Event, Error> {
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

    pub(super) fn cancel(&self, command: Cancel) -> Result<Event, Error> {
        const BEFORE_ADMISSION: [State; 5] =
            [State::Scheduled, State::Arrived, State::CheckedIn, State::Held, State::Left];
        self.require(&BEFORE_ADMISSION, "cancel", "a visit is called off before the patient is admitted, and once")?;
        Ok(Cancelled { by: command.by, reason: command.reason, details: command.details.map(Phi::Clear) }.into())
    }

    /// A no-show stands in a patient's record, so a person answers for it, and nobody who was here gets one: neither who
    /// arrived nor who was seen on the call without having been marked as arrived.
    pub(super) fn record_no_show(&self, facts: NoShowFacts, at: DateTime<Utc>, actor: &Actor) -> Result<Event, Error> {
        const STAFF: [Role; 3] = [Role::FrontDesk, Role::Provider, Role::Administrator];
        require_role(actor, &STAFF, "record-no-show", "staff of the clinic")?;
        if matches!(self.state(), State::Arrived | State::CheckedIn | State::Held | State::Left) {
            return Err(Error::PatientHasArrived);
        }
        self.require(&[State::Scheduled], "record-no-show", "only a scheduled visit can turn out a no-show")?;
        if self.presence().was_seen(Participant::Patient) {
            return Err(Error::PatientHasArrived);
        }
        let grace = Duration::minutes(facts.grace_minutes.into());
        if self.starts_at().is_some_and(|starts_at| at.signed_duration_since(starts_at) < grace) {
            return Err(Error::TooEarlyForNoShow);
        }
        Ok(NoShowRecorded { grace_minutes: facts.grace_minutes }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::{commands::*, events::*, starts_at, story};
    use super::super::{Command, State};
    use super::*;
    use crate::given::{given, now};

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

    #[test]
    fn nobody_is_a_no_show_before_start_and_grace_have_passed() {
        let visit = || given::<Visit>([scheduled()]);
        let due = starts_at() + Duration::minutes(15);
        visit().at(due - Duration::seconds(1)).when(Role::FrontDesk, record_no_show()).refused("too-early-for-no-show");
        visit().at(due).when(Role::FrontDesk, record_no_show()).then([no_show_recorded()]);
    }

    #[test]
    fn only_staff_records_a_no_show() {
        for role in [Role::System, Role::Patient, Role::Billing] {
            given::<Visit>([scheduled()]).when(role, record_no_show()).refused("role-not-permitted");
        }
    }

    #[test]
    fn whoever_was_here_is_no_no_show() {
        for state in [State::Arrived, State::CheckedIn, State::Held, State::Left] {
            given::<Visit>(story(state)).when(Role::FrontDesk, record_no_show()).refused("patient-has-arrived");
        }
        // Stuck in the device check: seen on the call, never marked as arrived.
        given::<Visit>([scheduled(), joined(Participant::Patient, "PA_1")])
            .when(Role::FrontDesk, record_no_show())
            .refused("patient-has-arrived");
    }

    #[test]
    fn nothing_but_scheduling_can_be_asked_before_there_is_a_visit() {
        for (role, command) in all().into_iter().skip(1) {
            given::<Visit>([]).when(role, command).refused("wrong-state");
        }
    }

    fn all() -> Vec<(Role, Command)> {
        super::super::example::commands::all()
    }
}
