//! Recording that the patient never came, and taking it back.

use chrono::{DateTime, Duration, Utc};

use super::{NoShowFacts, NoShowRecorded, NoShowReversed, ReverseNoShow};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, Participant, State, Visit};
use crate::{Actor, Role};

/// Who answers for it.
const STAFF: [Role; 3] = [Role::FrontDesk, Role::Provider, Role::Administrator];

impl Visit {
    /// A no-show stands in a patient's record, so a person answers for it, and nobody who was here gets one: neither who
    /// arrived nor who was seen on the call, or tried their devices for it, without having been marked as arrived.
    pub(in crate::visit) fn record_no_show(
        &self,
        facts: NoShowFacts,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        require_role(actor, &STAFF, "record-no-show", "staff of the clinic")?;
        self.require_no_show(facts, at)?;
        Ok(NoShowRecorded { grace_minutes: facts.grace_minutes }.into())
    }

    /// Passes where the patient can be said not to have come. A proposal goes by it too.
    pub(in crate::visit) fn require_no_show(&self, facts: NoShowFacts, at: DateTime<Utc>) -> Result<(), Error> {
        if matches!(self.state(), State::Arrived | State::CheckedIn | State::Roomed | State::Held | State::Left) {
            return Err(Error::PatientHasArrived);
        }
        self.require(&[State::Scheduled], "record-no-show", "only a scheduled visit can turn out a no-show")?;
        // Who is stuck in the device check has come, and so has who was seen on the call.
        let tried = self.starts_at().zip(self.device_check()).is_some_and(|(starts_at, check)| check.is_for(starts_at));
        if tried || self.presence().was_seen(Participant::Patient) {
            return Err(Error::PatientHasArrived);
        }
        let grace = Duration::minutes(facts.grace_minutes.into());
        if self.starts_at().is_some_and(|starts_at| at.signed_duration_since(starts_at) < grace) {
            return Err(Error::TooEarlyForNoShow);
        }
        Ok(())
    }

    /// What was recorded stays in the log; the visit is where it was before, and may still take place.
    pub(in crate::visit) fn reverse_no_show(&self, command: ReverseNoShow, actor: &Actor) -> Result<Event, Error> {
        require_role(actor, &STAFF, "reverse-no-show", "staff of the clinic")?;
        self.require(&[State::NoShow], "reverse-no-show", "no no-show is recorded")?;
        Ok(NoShowReversed { reason: command.reason }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, starts_at, story};

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
    fn a_no_show_is_taken_back_by_staff_and_the_visit_may_still_take_place() {
        for state in State::ALL {
            let outcome = given::<Visit>(story(state)).when(Role::FrontDesk, reverse_no_show());
            match state {
                State::NoShow => outcome.then([no_show_reversed()]),
                _ => outcome.refused("wrong-state"),
            };
        }
        given::<Visit>(story(State::NoShow)).when(Role::Patient, reverse_no_show()).refused("role-not-permitted");
        let reversed = [story(State::NoShow), vec![no_show_reversed()]].concat();
        given::<Visit>(reversed).when(Role::FrontDesk, arrive()).then([arrived(false)]);
    }

    #[test]
    fn whoever_was_here_is_no_no_show() {
        for state in [State::Arrived, State::CheckedIn, State::Roomed, State::Held, State::Left] {
            given::<Visit>(story(state)).when(Role::FrontDesk, record_no_show()).refused("patient-has-arrived");
        }
        // Stuck in the device check: seen on the call, never marked as arrived.
        given::<Visit>([scheduled(), joined(Participant::Patient, "PA_1")])
            .when(Role::FrontDesk, record_no_show())
            .refused("patient-has-arrived");
    }
}
