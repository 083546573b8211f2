//! What a waiting patient is told about how long it will take: measured from this provider's own visits, or nothing. What
//! was told is a fact, with what it was measured from.

use serde::{Deserialize, Serialize};

use super::{EstimateTold, TellEstimate, ToldFacts};
use crate::Actor;
use crate::visit::error::already;
use crate::visit::{Error, Event, State, Visit};

/// Waits that must have been measured before any estimate is told.
pub const LEAST_MEASURED: u32 = 8;

/// What was last told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Half of the measured waits were no longer than so many minutes; `None`: nothing was told.
    pub p50_minutes: Option<u32>,
    /// Eight in ten were no longer than so many.
    pub p80_minutes: Option<u32>,
    /// How many waits were measured.
    pub from_visits: u32,
}

impl Visit {
    /// Told to who waits, and recorded when it is another than before.
    pub(in crate::visit) fn tell_estimate(
        &self,
        _: TellEstimate,
        facts: ToldFacts,
        actor: &Actor,
    ) -> Result<Event, Error> {
        self.require(
            &[State::CheckedIn, State::Roomed, State::Held],
            "tell-estimate",
            "only a patient who waits is told how long",
        )?;
        self.require_own_patient(actor, "tell-estimate")?;
        let ToldFacts { told, place } = facts;
        let measured = match (told.p50_minutes, told.p80_minutes) {
            (Some(p50), Some(p80)) => p50 <= p80 && told.from_visits >= LEAST_MEASURED,
            (None, None) => true,
            _ => false,
        };
        if !measured {
            return Err(Error::EstimateNotMeasured);
        }
        if self.told() == Some(told) {
            return Err(already("the patient was told so", "tell-estimate"));
        }
        let Told { p50_minutes, p80_minutes, from_visits } = told;
        Ok(EstimateTold { p50_minutes, p80_minutes, from_visits, place }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{actor, given};
    use crate::visit::Command;
    use crate::visit::example::{commands::*, events::*, story};
    use crate::{Role, Rules};

    fn telling(p50_minutes: Option<u32>, p80_minutes: Option<u32>, from_visits: u32) -> Command {
        let told = Told { p50_minutes, p80_minutes, from_visits };
        Command::TellEstimate(TellEstimate {}, ToldFacts { told, place: Some(2) })
    }

    #[test]
    fn who_waits_is_told_and_what_was_told_is_remembered() {
        for state in [State::CheckedIn, State::Roomed, State::Held] {
            given::<Visit>(story(state)).when(Role::Patient, tell_estimate()).then([estimate_told()]);
        }
        let told = story(State::CheckedIn).into_iter().chain([estimate_told()]);
        let visit = given::<Visit>(told.clone());
        visit.when(Role::Patient, tell_estimate()).refused("wrong-state");
        assert_eq!(visit.when(Role::Patient, telling(Some(8), Some(15), 13)).events().len(), 1, "a new one is told");
        let visit = Visit::replay(told.collect::<Vec<_>>().iter());
        assert_eq!(visit.told(), Some(Told { p50_minutes: Some(7), p80_minutes: Some(15), from_visits: 12 }));
        for state in [State::Scheduled, State::Arrived, State::Admitted, State::Left] {
            given::<Visit>(story(state)).when(Role::Patient, tell_estimate()).refused("wrong-state");
        }
    }

    #[test]
    fn nothing_is_told_that_was_not_measured() {
        let waiting = given::<Visit>(story(State::CheckedIn));
        waiting.when(Role::Patient, telling(Some(5), Some(9), LEAST_MEASURED - 1)).refused("estimate-not-measured");
        waiting.when(Role::Patient, telling(Some(9), Some(5), 20)).refused("estimate-not-measured");
        waiting.when(Role::Patient, telling(None, Some(5), 20)).refused("estimate-not-measured");
        let none = waiting.when(Role::Patient, telling(None, None, 3)).events();
        let [Event::EstimateTold(told)] = none.as_slice() else { panic!("{none:?}") };
        assert_eq!((told.p50_minutes, told.from_visits), (None, 3), "that there is none is told too");
    }

    #[test]
    fn it_is_told_to_this_visits_patient() {
        let mut somebody_else = actor(Role::Patient);
        somebody_else.person = Some(uuid::Uuid::from_u128(77));
        let waiting = given::<Visit>(story(State::CheckedIn));
        waiting.when_by(somebody_else, tell_estimate()).refused("not-this-visits-patient");
        waiting.when(Role::FrontDesk, tell_estimate()).refused("not-this-visits-patient");
    }
}
