//! Where the time of a visit went: every second of it in one state and on one account, so that the parts add up to the
//! whole. Told from the events alone.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::HoldReason;
use crate::visit::{Event, State, Visit};

/// On whose account time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// Nobody's: the visit is not due yet.
    NotDue,
    /// The patient came early, or late, or asked for it.
    Patient,
    /// The provider has not admitted a patient who is due and waits.
    Provider,
    /// The clinic checks the patient in, rooms them, or has something to sort out.
    Clinic,
    /// Technology.
    Technical,
    /// The patient is with the provider.
    Care,
}

/// How a state's time is accounted: on one account until the visit is due, on another from then on.
fn accounts(state: State, hold: Option<HoldReason>) -> Option<(Account, Account)> {
    Some(match state {
        State::Scheduled => (Account::NotDue, Account::Patient),
        State::Arrived => (Account::Patient, Account::Clinic),
        State::CheckedIn => (Account::Patient, Account::Provider),
        State::Roomed => (Account::Clinic, Account::Clinic),
        State::Held => {
            let account = match hold {
                Some(HoldReason::ProviderEmergency) => Account::Provider,
                Some(HoldReason::Technical) => Account::Technical,
                Some(HoldReason::PatientRequest) => Account::Patient,
                _ => Account::Clinic,
            };
            (account, account)
        }
        State::Left => (Account::Patient, Account::Patient),
        State::Admitted => (Account::Care, Account::Care),
        // Nothing runs before a visit is set up, and nothing once it is over.
        _ => return None,
    })
}

/// The time a visit took so far, and how it stands since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeSpent {
    state: State,
    starts_at: Option<DateTime<Utc>>,
    hold: Option<HoldReason>,
    since: Option<DateTime<Utc>>,
    /// Microseconds by state and account.
    spent: BTreeMap<State, BTreeMap<Account, i64>>,
}

/// One part of the time: in a state, on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimePart {
    /// In which state.
    pub state: State,
    /// On whose account.
    pub account: Account,
    /// Whole seconds, rounded so that all parts add up to the whole.
    pub seconds: u64,
}

impl TimeSpent {
    /// Takes an event in, recorded at this time, and how the visit stands after it. Times never run backwards within a log;
    /// where they seem to, no time passed.
    pub fn observe(&mut self, at: DateTime<Utc>, event: &Event, after: &Visit) {
        self.spend(at);
        match event {
            Event::Held(held) => self.hold = Some(held.reason),
            Event::ReturnedToWaiting(_) => self.hold = None,
            _ => {}
        }
        (self.state, self.starts_at) = (after.state(), after.starts_at());
    }

    /// What was spent until then, by state and account; empty for a visit that was never set up.
    pub fn parts(&self, until: DateTime<Utc>) -> Vec<TimePart> {
        let mut now = self.clone();
        now.spend(until);
        // Rounding what has passed so far, and not each part, makes the rounded parts add up to the rounded whole.
        let (mut passed, mut told, mut parts) = (0, 0, Vec::new());
        let spent = now
            .spent
            .into_iter()
            .flat_map(|(state, by)| by.into_iter().map(move |(account, spent)| (state, account, spent)));
        for (state, account, microseconds) in spent {
            passed += microseconds;
            let seconds = passed / 1_000_000 - told;
            told += seconds;
            parts.push(TimePart { state, account, seconds: u64::try_from(seconds).unwrap_or(0) });
        }
        parts
    }

    /// Puts the time since the last event down.
    fn spend(&mut self, until: DateTime<Utc>) {
        let since = self.since.replace(self.since.map_or(until, |since| since.max(until)));
        let (Some(since), Some((early, due))) = (since, accounts(self.state, self.hold)) else { return };
        let until = until.max(since);
        let start = self.starts_at.unwrap_or(since).clamp(since, until);
        for (account, from, to) in [(early, since, start), (due, start, until)] {
            // A time that does not fit has run for longer than there are clocks.
            let microseconds = to.signed_duration_since(from).num_microseconds().unwrap_or(0);
            if microseconds > 0 {
                *self.spent.entry(self.state).or_default().entry(account).or_default() += microseconds;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;
    use crate::Rules;
    use crate::given::now;
    use crate::visit::example::{self, events::*, starts_at};

    /// Seconds by state and account, with an event every so many seconds from `first` on.
    fn spent(first: DateTime<Utc>, steps: &[(i64, Event)], until: i64) -> Vec<(&'static str, Account, u64)> {
        let (mut time, mut visit, mut at) = (TimeSpent::default(), Visit::default(), first);
        for (seconds, event) in steps {
            at += Duration::seconds(*seconds);
            visit.evolve(event);
            time.observe(at, event, &visit);
        }
        let parts = time.parts(at + Duration::seconds(until));
        parts.into_iter().map(|part| (part.state.name(), part.account, part.seconds)).collect()
    }

    #[test]
    fn before_the_start_the_patient_is_early_and_afterwards_the_provider_late() {
        let early = starts_at() - Duration::seconds(600);
        let steps = [(0, scheduled()), (60, arrived(false)), (30, checked_in()), (610, admitted())];
        assert_eq!(
            spent(early, &steps, 120),
            [
                ("scheduled", Account::NotDue, 60),
                ("arrived", Account::Patient, 30),
                ("checked-in", Account::Patient, 510),
                ("checked-in", Account::Provider, 100),
                ("admitted", Account::Care, 120),
            ]
        );
    }

    #[test]
    fn rooming_goes_on_the_clinics_account_and_not_on_the_providers() {
        let steps = [(0, scheduled()), (20, arrived(false)), (5, checked_in()), (10, roomed()), (90, admitted())];
        let told = spent(starts_at(), &steps, 3);
        assert!(told.contains(&("checked-in", Account::Provider, 10)), "{told:?}");
        assert!(told.contains(&("roomed", Account::Clinic, 90)), "{told:?}");
    }

    #[test]
    fn a_hold_goes_on_the_account_of_its_reason_and_the_end_stops_the_clock() {
        let steps = [
            (0, scheduled()),
            (20, arrived(false)),
            (5, checked_in()),
            (10, held()),
            (40, returned_to_waiting()),
            (1, left_waiting_room()),
            (7, arrived(true)),
        ];
        let told = spent(starts_at(), &steps, 3);
        assert!(
            told.contains(&("held", Account::Clinic, 40)) && told.contains(&("left", Account::Patient, 7)),
            "{told:?}"
        );
        assert!(told.contains(&("scheduled", Account::Patient, 20)), "{told:?}");
        let over = [(0, scheduled()), (0, admitted()), (60, ended())];
        assert_eq!(spent(starts_at(), &over, 1_000), [("admitted", Account::Care, 60)]);
        assert_eq!(spent(now(), &[], 1_000), []);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_parts_add_up_to_the_whole_whatever_happened(
            steps in proptest::collection::vec((0..example::events::all().len(), -500..900_000_i64), 1..40),
            until in 0..5_000_000_i64,
        ) {
            let (mut time, mut at, mut whole, all) = (TimeSpent::default(), now(), 0, example::events::all());
            let mut visit = Visit::default();
            let mut clock = None;
            let runs = |visit: &Visit| accounts(visit.state(), None).is_some();
            for (event, milliseconds) in steps {
                at += Duration::milliseconds(milliseconds);
                let seen = clock.map_or(at, |clock: DateTime<Utc>| clock.max(at));
                if let Some(clock) = clock.filter(|_| runs(&visit)) {
                    whole += (seen - clock).num_milliseconds();
                }
                clock = Some(seen);
                visit.evolve(&all[event]);
                time.observe(at, &all[event], &visit);
            }
            let end = at + Duration::milliseconds(until);
            if let Some(clock) = clock.filter(|clock| runs(&visit) && end > *clock) {
                whole += (end - clock).num_milliseconds();
            }
            let told: u64 = time.parts(end).iter().map(|part| part.seconds).sum();
            prop_assert_eq!(told, u64::try_from(whole / 1000).unwrap());
        }
    }
}
