//! Recording that the patient came late, and taking it back.

use serde::{Deserialize, Serialize};

use super::{
    LateArrivalRecorded, LateArrivalReversed, LateFacts, LateResponse, LatenessRules, RecordLateArrival,
    ReverseLateArrival,
};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Role};

/// Who answers for it.
const STAFF: [Role; 3] = [Role::FrontDesk, Role::Provider, Role::Administrator];
const WHILE_HERE: [State; 4] = [State::Arrived, State::CheckedIn, State::Roomed, State::Held];

/// What is known of when the patient came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateArrival {
    /// How many whole minutes after the start they first came; 0: in time.
    pub minutes: u32,
    /// What was recorded to be done of it.
    pub response: Option<LateResponse>,
}

impl Visit {
    pub(in crate::visit) fn record_late_arrival(
        &self,
        command: RecordLateArrival,
        facts: &LateFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &STAFF, "record-late-arrival", "staff of the clinic")?;
        self.require_late(&facts.rules)?;
        let RecordLateArrival { response, shortened_to_minutes } = command;
        if !facts.rules.responses.contains(&response) {
            return Err(Error::LateResponseNotOffered);
        }
        let fits = match (response, shortened_to_minutes) {
            (LateResponse::Shorten, Some(minutes)) => (5..self.duration_minutes()).contains(&minutes),
            (LateResponse::Shorten, None) => false,
            (_, minutes) => minutes.is_none(),
        };
        if !fits {
            return Err(Error::ShortenedDurationMisfit);
        }
        let (late_minutes, grace_minutes) = (self.late_arrival().minutes, facts.rules.grace_minutes);
        let recorded_by = actor.role;
        Ok(LateArrivalRecorded { late_minutes, grace_minutes, response, shortened_to_minutes, recorded_by }.into())
    }

    /// Passes for a patient who is here, came later than the clinic forgives, and of whom nothing was recorded.
    pub(super) fn require_late(&self, rules: &LatenessRules) -> Result<(), Error> {
        self.require(&WHILE_HERE, "record-late-arrival", "a late arrival is recorded while the patient waits")?;
        let late = self.late_arrival();
        if late.minutes <= rules.grace_minutes.into() {
            return Err(Error::NotLate);
        }
        if late.response.is_some() { Err(Error::LateArrivalRecordedAlready) } else { Ok(()) }
    }

    /// What was recorded stays in the log.
    pub(in crate::visit) fn reverse_late_arrival(
        &self,
        command: ReverseLateArrival,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &STAFF, "reverse-late-arrival", "staff of the clinic")?;
        self.require(&WHILE_HERE, "reverse-late-arrival", "a late arrival is taken back while the patient waits")?;
        if self.late_arrival().response.is_none() {
            return Err(Error::NoLateArrivalRecorded);
        }
        Ok(LateArrivalReversed { reason: command.reason, reversed_by: actor.role }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::{given, now};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, story};

    fn record(response: LateResponse, shortened_to_minutes: Option<u16>) -> Command {
        let Command::RecordLateArrival(_, facts) = record_late_arrival() else { unreachable!() };
        Command::RecordLateArrival(RecordLateArrival { response, shortened_to_minutes }, facts)
    }

    fn with(change: impl FnOnce(&mut LatenessRules)) -> Command {
        let Command::RecordLateArrival(command, mut facts) = record_late_arrival() else { unreachable!() };
        change(&mut facts.rules);
        Command::RecordLateArrival(command, facts)
    }

    #[test]
    fn how_late_a_patient_comes_is_counted_from_the_start_and_only_the_first_time() {
        let late = |events: &[Event]| Visit::replay(events).late_arrival().minutes;
        assert_eq!(late(&[scheduled(), arrived(false)]), 30);
        assert_eq!(late(&[scheduled(), arrived(false), left_waiting_room(), arrived(true)]), 30);
        assert_eq!(late(&[scheduled(), arrived(false), rescheduled()]), 0);
        // In time, and before it.
        for minutes in [30, 31, 90] {
            let at = now() - chrono::Duration::minutes(minutes);
            let events = given::<Visit>([scheduled()]).at(at).when(Role::Patient, arrive()).events();
            assert_eq!(late(&[vec![scheduled()], events].concat()), 0);
        }
    }

    #[test]
    fn it_is_recorded_of_a_patient_who_waits_and_came_later_than_the_clinic_forgives() {
        for state in State::ALL {
            let outcome = given::<Visit>(story(state)).when(Role::FrontDesk, record_late_arrival());
            if WHILE_HERE.contains(&state) {
                outcome.then([late_arrival_recorded()]);
            } else {
                outcome.refused("wrong-state");
            }
        }
        let here = given::<Visit>(story(State::Arrived));
        here.when(Role::FrontDesk, with(|rules| rules.grace_minutes = 30)).refused("not-late");
        assert_eq!(here.when(Role::FrontDesk, with(|rules| rules.grace_minutes = 29)).events().len(), 1);
        here.when(Role::Patient, record_late_arrival()).refused("role-not-permitted");
    }

    #[test]
    fn what_is_done_of_it_is_what_the_clinic_offers() {
        let here = given::<Visit>(story(State::Arrived));
        here.when(Role::FrontDesk, with(|rules| rules.responses.clear())).refused("late-response-not-offered");
        for (response, minutes) in [
            (LateResponse::Shorten, None),
            (LateResponse::Shorten, Some(4)),
            (LateResponse::Shorten, Some(20)),
            (LateResponse::SeeAsPlanned, Some(10)),
            (LateResponse::Reschedule, Some(10)),
        ] {
            here.when(Role::FrontDesk, record(response, minutes)).refused("shortened-duration-misfit");
        }
        assert_eq!(here.when(Role::FrontDesk, record(LateResponse::Shorten, Some(10))).events().len(), 1);
        assert_eq!(here.when(Role::FrontDesk, record(LateResponse::Reschedule, None)).events().len(), 1);
    }

    #[test]
    fn it_is_recorded_once_and_can_be_taken_back() {
        let recorded = [story(State::Arrived), vec![late_arrival_recorded()]].concat();
        let late = given::<Visit>(recorded.clone());
        late.when(Role::FrontDesk, record_late_arrival()).refused("late-arrival-recorded-already");
        late.when(Role::Patient, reverse_late_arrival()).refused("role-not-permitted");
        late.when(Role::FrontDesk, reverse_late_arrival()).then([late_arrival_reversed()]);
        let back = given::<Visit>([recorded, vec![late_arrival_reversed()]].concat());
        back.when(Role::FrontDesk, reverse_late_arrival()).refused("no-late-arrival-recorded");
        back.when(Role::FrontDesk, record_late_arrival()).then([late_arrival_recorded()]);
    }
}
