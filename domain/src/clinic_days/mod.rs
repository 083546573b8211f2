//! Random clinic days: every aggregate together, commands that overtake each other, and guards between streams. Whatever is
//! asked in whatever order, what must hold between visits, calendars, sessions, licences, authorities and reviewed rules
//! holds; and the same days without the guards do not.

mod asks;
mod attempt;
mod log;
mod records;
mod told;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use self::asks::{Ask, days};
use self::attempt::Asked;
use self::log::{Attempt, Fact, Log, Stream};
use self::told::Told;
use crate::given::now;
use crate::{Catalogue, Rules, Visit, VisitId};

/// A day as it goes on.
struct Day {
    log: Log,
    told: Told,
    began: DateTime<Utc>,
    at: DateTime<Utc>,
    fresh: u128,
    /// Which of what an append relies on it is held to.
    guards: fn(Stream) -> bool,
}

impl Day {
    /// A clinic with its people, at an hour of the clinic's clocks.
    fn opened(simulated: bool, hour: i64, guards: fn(Stream) -> bool) -> Self {
        // Chicago is six hours behind on that day, and `now` is at ten.
        let began = now() + Duration::hours(hour - 4);
        let (log, told, fresh) = (Log::default(), Told::default(), 1_000);
        let mut day = Self { log, told, began, at: began, fresh, guards };
        let mut step = 0;
        while let Some(next) = day.asked().opening(step, simulated) {
            day.append(next.unwrap()).unwrap();
            (step, day.fresh) = (step + 1, day.fresh + 1);
        }
        day
    }

    fn asked(&self) -> Asked<'_> {
        Asked { records: &self.log.records, at: self.at, day: self.began, fresh: self.fresh }
    }

    fn append(&mut self, mut attempt: Attempt) -> Result<(), log::Conflict> {
        attempt.guards.retain(|(stream, _)| (self.guards)(*stream));
        let at = attempt.at;
        let facts = self.log.append(attempt)?;
        self.told.observe(facts, at);
        Ok(())
    }

    /// Decides now, lets others append first, and attempts anew where that was in the way. A second attempt waits for
    /// nobody, so it is not overtaken.
    fn go_through(&mut self, asks: &[Ask]) {
        let mut waiting: Vec<(usize, Attempt, Ask, u128)> = Vec::new();
        for (now, ask) in asks.iter().enumerate() {
            self.at += Duration::minutes(ask.minutes);
            self.fresh += 10;
            if let Ok(attempt) = self.asked().attempt(ask) {
                waiting.push((now + ask.lag, attempt, ask.clone(), self.fresh));
            }
            let (due, later) = waiting.into_iter().partition(|(when, ..)| *when <= now);
            waiting = later;
            self.land(due);
        }
        self.land(waiting);
    }

    fn land(&mut self, due: Vec<(usize, Attempt, Ask, u128)>) {
        for (_, attempt, ask, fresh) in due {
            if self.append(attempt).is_err() {
                let asked = Asked { fresh, ..self.asked() };
                if let Ok(again) = asked.attempt(&ask) {
                    self.append(again).expect("nobody was in between");
                }
            }
        }
    }

    /// What each visit's stream tells by itself.
    fn stories(&self) -> BTreeMap<VisitId, Vec<crate::visit::Event>> {
        let mut stories: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (stream, fact) in &self.log.facts {
            if let (Stream::Visit(id), Fact::Visit(event)) = (stream, fact) {
                stories.entry(*id).or_default().push(event.clone());
            }
        }
        stories
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ten_thousand_clinic_days_keep_every_invariant((simulated, hour, asks) in days()) {
        let mut day = Day::opened(simulated, hour, |_| true);
        day.go_through(&asks);
        for (id, story) in day.stories() {
            prop_assert!(day.log.records.visits[&id] == Visit::replay(&story), "the state is what the events add up to");
        }
    }
}

/// The same days every time.
fn some_days(count: usize) -> impl Iterator<Item = (bool, i64, Vec<Ask>)> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(move |_| days().new_tree(&mut runner).unwrap().current())
}

/// A test of days on which nothing happens would find nothing.
#[test]
fn the_days_get_everywhere_that_matters() {
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut imported = false;
    for (simulated, hour, asks) in some_days(300) {
        let mut day = Day::opened(simulated, hour, |_| true);
        day.go_through(&asks);
        imported |= day.log.facts.iter().any(|(_, fact)| matches!(fact, Fact::History(_)));
        for event in day.stories().values().flatten() {
            *seen.entry(event.event_type()).or_default() += 1;
        }
    }
    const MATTER: [&str; 15] = [
        "admitted",
        "billed",
        "cancelled",
        "charge-captured",
        "claimed",
        "consent-given",
        "cosign-requested",
        "handed-over",
        "licence-gap-observed",
        "no-show-recorded",
        "note-signed",
        "order-signed",
        "proxy-verified",
        "rescheduled",
        "session-joined",
    ];
    assert!(imported, "nothing was ever imported");
    let missing: Vec<_> = MATTER.iter().filter(|event_type| !seen.contains_key(*event_type)).collect();
    assert!(missing.is_empty(), "{missing:?} never happened");
}

fn break_without(guards: fn(Stream) -> bool) {
    for (simulated, hour, asks) in some_days(10_000) {
        Day::opened(simulated, hour, guards).go_through(&asks);
    }
}

#[test]
#[should_panic(expected = "no licence is valid")]
fn without_the_guard_on_a_providers_licences_the_same_days_go_wrong() {
    break_without(|stream| !matches!(stream, Stream::Provider(_)));
}

#[test]
#[should_panic(expected = "without authority")]
fn without_the_guard_on_a_patients_proxies_the_same_days_go_wrong() {
    break_without(|stream| !matches!(stream, Stream::Patient(_)));
}

#[test]
#[should_panic(expected = "relied on what is rejected")]
fn without_the_guard_on_the_rules_a_clinic_accepts_the_same_days_go_wrong() {
    break_without(|stream| stream != Stream::Clinic);
}
