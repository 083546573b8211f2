//! Setting a visit up, moving it, and calling it off. Whether the provider is free is the calendar's to decide.

use chrono::{DateTime, Datelike, Duration, Utc};

use super::{Cancel, Cancelled, LateCharge, Party, Reschedule, Rescheduled, Schedule, ScheduleFacts, Scheduled, When};
use crate::calendar::OverbookReason;
use crate::visit::{Error, Event, State, Visit};
use crate::{NoInstant, Phi};

/// How far ahead a visit may be set up, in days.
const FURTHEST_AHEAD_DAYS: i64 = 2 * 366;

/// When a visit can be called off.
const BEFORE_ADMISSION: [State; 7] =
    [State::Requested, State::Scheduled, State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left];
/// When a visit can be moved: also when the provider never came, which is not the patient's to make good.
const MOVABLE: [State; 7] = [
    State::Scheduled,
    State::Arrived,
    State::CheckedIn,
    State::Roomed,
    State::Held,
    State::Left,
    State::ProviderNoShow,
];

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
        let Schedule { patient_id, provider_id, duration_minutes, modality, reason, overbook, .. } = command;
        let starts_at = facts.when.moment()?;
        require_plausible(starts_at, duration_minutes, at)?;
        require_hours(facts.when.in_hours, overbook)?;
        let reason = reason.map(Phi::Clear);
        Ok(Scheduled { patient_id, provider_id, starts_at, duration_minutes, modality, reason }.into())
    }

    pub(in crate::visit) fn cancel(&self, command: Cancel) -> Result<Event, Error> {
        self.require(&BEFORE_ADMISSION, "cancel", "a visit is called off before the patient is admitted, and once")?;
        self.require_no_session()?;
        let Cancel { by, reason, details, late_charge } = command;
        if late_charge == Some(LateCharge::Due) && (by != Party::Patient || self.state() == State::Requested) {
            return Err(Error::ChargeNotDue);
        }
        Ok(Cancelled { by, reason, details: details.map(Phi::Clear), late_charge }.into())
    }

    /// The event says from where to where, so that the stream tells every move.
    pub(in crate::visit) fn reschedule(
        &self,
        command: Reschedule,
        when: When,
        at: DateTime<Utc>,
    ) -> Result<Event, Error> {
        const HINT: &str = "a visit is moved before the patient is admitted, or when the provider never came";
        self.require(&MOVABLE, "reschedule", HINT)?;
        self.require_no_session()?;
        let Reschedule { by, reason, duration_minutes, overbook, .. } = command;
        let starts_at = when.moment()?;
        let from_duration_minutes = self.duration_minutes();
        let duration_minutes = duration_minutes.unwrap_or(from_duration_minutes);
        require_plausible(starts_at, duration_minutes, at)?;
        let from_starts_at = self.starts_at().ok_or_else(|| self.wrong_state("reschedule", HINT))?;
        if (from_starts_at, from_duration_minutes) == (starts_at, duration_minutes) {
            return Err(Error::TimeUnchanged);
        }
        require_hours(when.in_hours, overbook)?;
        Ok(Rescheduled { by, reason, from_starts_at, from_duration_minutes, starts_at, duration_minutes }.into())
    }
}

impl When {
    fn moment(self) -> Result<DateTime<Utc>, Error> {
        self.starts_at.map_err(|none| match none {
            NoInstant::Skipped => Error::LocalTimeSkipped,
            NoInstant::Doubled => Error::LocalTimeDoubled,
        })
    }
}

/// Whoever overbooks says why nothing of it matters; that only the staff may, the calendar sees to.
pub(in crate::visit) fn require_hours(in_hours: bool, overbook: Option<OverbookReason>) -> Result<(), Error> {
    if in_hours || overbook.is_some() { Ok(()) } else { Err(Error::ProviderNotAtWork) }
}

pub(in crate::visit) fn require_plausible(
    starts_at: DateTime<Utc>,
    duration_minutes: u16,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    if starts_at.year() < 2000 || starts_at.signed_duration_since(at) > Duration::days(FURTHEST_AHEAD_DAYS) {
        return Err(Error::StartUnreasonable);
    }
    if (5..=480).contains(&duration_minutes) { Ok(()) } else { Err(Error::DurationOutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, now};
    use crate::visit::example::{commands::*, events::*, story};
    use crate::visit::{Command, InterpretationState, LeaveReason, Participant};
    use crate::{Role, Rules};

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
            let command = schedule_with(|_, facts| facts.when.starts_at = Ok(now() + Duration::days(days)));
            nothing.when(Role::FrontDesk, command).refused("start-unreasonable");
        }
        for minutes in [0, 4, 481] {
            let command = schedule_with(|command, _| command.duration_minutes = minutes);
            nothing.when(Role::FrontDesk, command).refused("duration-out-of-range");
        }
    }

    #[test]
    fn a_visit_is_at_a_moment_and_at_a_time_when_the_provider_works() {
        let nothing = given::<Visit>([]);
        let asked =
            |change: fn(&mut Schedule, &mut ScheduleFacts)| nothing.when(Role::FrontDesk, schedule_with(change));
        asked(|_, facts| facts.when.starts_at = Err(NoInstant::Skipped)).refused("local-time-skipped");
        asked(|_, facts| facts.when.starts_at = Err(NoInstant::Doubled)).refused("local-time-doubled");
        asked(|_, facts| facts.when.in_hours = false).refused("provider-not-at-work");
        asked(|command, facts| {
            (command.overbook, facts.when.in_hours) = (Some(OverbookReason::ProviderAgreed), false);
        })
        .then([scheduled()]);
    }

    fn reschedule_with(change: impl FnOnce(&mut Reschedule, &mut When)) -> Command {
        let Command::Reschedule(mut command, mut when) = reschedule() else { unreachable!() };
        change(&mut command, &mut when);
        Command::Reschedule(command, when)
    }

    #[test]
    fn a_visit_can_be_moved_until_the_patient_is_admitted_and_whoever_was_here_comes_anew() {
        for state in State::ALL {
            let outcome = given::<Visit>(story(state)).when(Role::FrontDesk, reschedule());
            if !MOVABLE.contains(&state) {
                outcome.refused("wrong-state");
                continue;
            }
            outcome.then([rescheduled()]);
            let moved = Visit::replay(&[story(state), vec![rescheduled()]].concat());
            assert_eq!(moved.state(), State::Scheduled);
            assert!(!moved.identity_verified() && moved.location().is_none());
        }
    }

    #[test]
    fn a_visit_is_moved_to_another_plausible_time() {
        let visit = given::<Visit>([scheduled()]);
        let asked = |change: fn(&mut Reschedule, &mut When)| visit.when(Role::FrontDesk, reschedule_with(change));
        asked(|_, when| when.starts_at = Ok(now() + Duration::days(3 * 366))).refused("start-unreasonable");
        asked(|command, _| command.duration_minutes = Some(481)).refused("duration-out-of-range");
        asked(|_, when| when.starts_at = Err(NoInstant::Skipped)).refused("local-time-skipped");
        asked(|_, when| when.in_hours = false).refused("provider-not-at-work");
        asked(|command, when| {
            (command.overbook, when.in_hours) = (Some(OverbookReason::Urgent), false);
        })
        .then([rescheduled()]);
        given::<Visit>([scheduled(), rescheduled()]).when(Role::FrontDesk, reschedule()).refused("time-unchanged");
    }

    #[test]
    fn whoever_was_seen_before_a_move_can_miss_the_new_time() {
        let story =
            [scheduled(), joined(Participant::Patient, "a"), left(Participant::Patient, "a", LeaveReason::HungUp)];
        let day_later = now() + Duration::days(2);
        given::<Visit>(story.clone())
            .at(day_later)
            .when(Role::FrontDesk, record_no_show())
            .refused("patient-has-arrived");
        let moved = [story.to_vec(), vec![rescheduled()]].concat();
        given::<Visit>(moved).at(day_later).when(Role::FrontDesk, record_no_show()).then([no_show_recorded()]);
        let still_here = [scheduled(), joined(Participant::Patient, "a"), rescheduled()];
        given::<Visit>(still_here).at(day_later).when(Role::FrontDesk, record_no_show()).refused("patient-has-arrived");
    }

    #[test]
    fn an_interpreter_is_found_anew_for_another_time() {
        let state = |events: &[Event]| Visit::replay(events).interpretation().state();
        let assigned = [scheduled(), interpreter_requested("hmn"), interpreter_assigned(9), rescheduled()];
        assert_eq!(state(&assigned), InterpretationState::Requested);
        assert_eq!(state(&[scheduled(), rescheduled()]), InterpretationState::NotRequested);
    }

    #[test]
    fn only_a_patient_who_calls_off_is_charged() {
        let asked = |by, late_charge| {
            let Command::Cancel(command) = cancel() else { unreachable!() };
            given::<Visit>([scheduled()]).when(Role::FrontDesk, Command::Cancel(Cancel { by, late_charge, ..command }))
        };
        asked(Party::Provider, Some(LateCharge::Due)).refused("charge-not-due");
        asked(Party::Clinic, Some(LateCharge::Due)).refused("charge-not-due");
        let Event::Cancelled(off) = cancelled() else { unreachable!() };
        for (by, late_charge) in
            [(Party::Patient, Some(LateCharge::Due)), (Party::Clinic, Some(LateCharge::Waived)), (Party::Patient, None)]
        {
            asked(by, late_charge).then([Cancelled { by, late_charge, ..off.clone() }.into()]);
        }
    }

    #[test]
    fn a_visit_can_be_called_off_until_the_patient_is_admitted() {
        for state in State::ALL {
            let outcome = given::<Visit>(story(state)).when(Role::FrontDesk, cancel());
            match state {
                state if BEFORE_ADMISSION.contains(&state) => outcome.then([cancelled()]),
                _ => outcome.refused("wrong-state"),
            }
        }
    }
}
