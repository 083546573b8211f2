//! Recording that the provider never came, while the patient waited.

use chrono::{DateTime, Duration, Utc};

use super::{ProviderNoShowRecorded, Readiness};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, NoShowFacts, Participant, State, Visit};
use crate::{Actor, Role};

impl Visit {
    /// The patient waits, and the provider was neither ready nor seen on the call. Grace counts from the start, or from
    /// the time at which a late provider was last expected.
    pub(in crate::visit) fn record_provider_no_show(
        &self,
        facts: NoShowFacts,
        at: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Event, Error> {
        const STAFF: [Role; 2] = [Role::FrontDesk, Role::Administrator];
        require_role(actor, &STAFF, "record-provider-no-show", "the front desk and administrators")?;
        self.require_provider_no_show(facts, at)?;
        match self.provider() {
            Some(provider_id) => Ok(ProviderNoShowRecorded { provider_id, grace_minutes: facts.grace_minutes }.into()),
            None => Err(self.wrong_state("record-provider-no-show", "schedule the visit first")),
        }
    }

    /// Passes where the provider can be said not to have come. A proposal goes by it too.
    pub(in crate::visit) fn require_provider_no_show(
        &self,
        facts: NoShowFacts,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.require(
            &[State::CheckedIn, State::Roomed, State::Held],
            "record-provider-no-show",
            "only a provider whose patient waits can turn out a no-show",
        )?;
        if self.readiness() != Readiness::NeverReady || self.presence().was_seen(Participant::Provider) {
            return Err(Error::ProviderWasHere);
        }
        let grace = Duration::minutes(facts.grace_minutes.into());
        // `None` is less than every time, so the later of the two is taken.
        if self.starts_at().max(self.expected_at()).is_some_and(|due| at.signed_duration_since(due) < grace) {
            return Err(Error::TooEarlyForNoShow);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{given, now};
    use crate::visit::example::{commands::*, events::*, starts_at, story};

    #[test]
    fn a_provider_is_no_no_show_before_start_and_grace_have_passed() {
        let waiting = || given::<Visit>(story(State::CheckedIn));
        let due = starts_at() + Duration::minutes(15);
        let early = due - Duration::seconds(1);
        waiting().at(early).when(Role::FrontDesk, record_provider_no_show()).refused("too-early-for-no-show");
        waiting().at(due).when(Role::FrontDesk, record_provider_no_show()).then([provider_no_show_recorded()]);
        given::<Visit>(story(State::Held))
            .at(due)
            .when(Role::FrontDesk, record_provider_no_show())
            .then([provider_no_show_recorded()]);
    }

    #[test]
    fn a_late_provider_is_waited_for_until_the_new_time() {
        let late = || given::<Visit>(story(State::CheckedIn).into_iter().chain([provider_delayed()]));
        let due = now() + Duration::minutes(10 + 15);
        late()
            .at(due - Duration::seconds(1))
            .when(Role::FrontDesk, record_provider_no_show())
            .refused("too-early-for-no-show");
        late().at(due).when(Role::FrontDesk, record_provider_no_show()).then([provider_no_show_recorded()]);
    }

    #[test]
    fn the_patient_must_wait_and_the_provider_must_never_have_been_here() {
        for state in [State::Scheduled, State::Arrived, State::Left, State::Admitted] {
            given::<Visit>(story(state)).when(Role::FrontDesk, record_provider_no_show()).refused("wrong-state");
        }
        let here = [provider_ready(), joined(Participant::Provider, "PR_1")];
        for seen in here {
            let story = story(State::CheckedIn).into_iter().chain([seen]);
            given::<Visit>(story).when(Role::FrontDesk, record_provider_no_show()).refused("provider-was-here");
        }
        let taken_back = story(State::CheckedIn).into_iter().chain([provider_ready(), provider_not_ready()]);
        given::<Visit>(taken_back).when(Role::FrontDesk, record_provider_no_show()).refused("provider-was-here");
    }

    #[test]
    fn the_clinics_staff_records_it() {
        for role in [Role::Patient, Role::Provider, Role::System] {
            given::<Visit>(story(State::CheckedIn)).when(role, record_provider_no_show()).refused("role-not-permitted");
        }
    }
}
