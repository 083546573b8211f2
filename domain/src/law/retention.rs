//! How long a record must be kept. Nothing here destroys anything: whoever asks keeps the record for as long as the answer
//! is not a day in the past.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::answer::{Explained, Unanswered};
use super::book::Effect;
use super::majority::turns;
use super::reliance::Reliance;
use super::statutes::Law;
use crate::Jurisdiction;

/// Until when a record must be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// At least until this day.
    Until(Explained<NaiveDate>),
    /// For ever, as far as anybody knows: there is no rule that would permit to let it go.
    Always(Unanswered),
}

/// A row: how long records are kept in some places.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retention {
    jurisdictions: Vec<Jurisdiction>,
    years_after_last_service: u8,
    /// A minor's record is kept until this age at least, where the rule says so.
    minors_until_age: Option<u8>,
}

impl Effect for Retention {
    const KIND: &'static str = "retention";
    const MATTER: &'static str = "how long records are kept";
    type Subject = Jurisdiction;

    fn subjects(&self) -> Vec<Jurisdiction> {
        self.jurisdictions.clone()
    }
}

impl Law {
    /// Until when the record of a patient must be kept whose last service was on a day, by the rule in force on `today`:
    /// what is asked is whether it may be let go now. The longer of the two periods counts for who was a minor.
    pub fn keep_record(
        &self,
        jurisdiction: Jurisdiction,
        last_service: NaiveDate,
        born: NaiveDate,
        today: NaiveDate,
        reliance: &Reliance,
    ) -> Keep {
        let until = || {
            let (row, because) = self.retention.answer(&jurisdiction, today, reliance)?;
            let after_service = years_later(last_service, row.years_after_last_service);
            let (majority, because) = match row.minors_until_age {
                None => (None, vec![because]),
                Some(age) => (turns(born, age), vec![because]),
            };
            let unknown = Unanswered::MissingFact { matter: Retention::MATTER, fact: "a date within reason" };
            let until = after_service.max(majority).ok_or(unknown)?;
            let answer = Explained::new(until, today, because).knowing("jurisdiction", jurisdiction);
            Ok(answer.knowing("last service", last_service))
        };
        until().map_or_else(Keep::Always, Keep::Until)
    }
}

/// The same day so many years later; 1 March for 29 February.
fn years_later(day: NaiveDate, years: u8) -> Option<NaiveDate> {
    let year = day.year() + i32::from(years);
    day.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn keep(place: &str, last: &str, born: &str, reliance: &Reliance) -> Keep {
        let place = Jurisdiction::try_from(place).unwrap();
        Law::current().keep_record(place, day(last), day(born), day("2026-03-02"), reliance)
    }

    fn until(place: &str, last: &str, born: &str) -> NaiveDate {
        match keep(place, last, born, &Reliance::simulated()) {
            Keep::Until(answer) => answer.verdict,
            Keep::Always(why) => panic!("{why}"),
        }
    }

    #[test]
    fn an_adults_record_is_kept_for_years_after_the_last_service() {
        assert_eq!(until("WI", "2024-02-29", "1980-01-01"), day("2029-03-01"));
        assert_eq!(until("TX", "2020-05-01", "1980-01-01"), day("2027-05-01"));
    }

    #[test]
    fn a_minors_record_is_kept_for_the_longer_of_the_two_periods() {
        assert_eq!(until("TX", "2020-05-01", "2015-07-01"), day("2036-07-01"));
        assert_eq!(until("TX", "2020-05-01", "2003-07-01"), day("2027-05-01"));
    }

    #[test]
    fn where_no_rule_is_known_or_reviewed_the_record_stays_and_it_is_said_why() {
        let why = |place: &str, reliance: &Reliance| match keep(place, "1990-01-01", "1950-01-01", reliance) {
            Keep::Always(why) => why.code(),
            Keep::Until(answer) => panic!("{answer:?}"),
        };
        assert_eq!(why("GU", &Reliance::simulated()), "rule-unknown");
        assert_eq!(why("WI", &Reliance::default()), "rule-unreviewed");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_record_is_kept_to_the_anniversary_and_never_shorter_for_a_minor(
            served in 0..12_000_i64, age_in_days in 0..40_000_i64,
        ) {
            let served = day("1995-01-01") + Duration::days(served);
            let born = served - Duration::days(age_in_days);
            let (served, born) = (served.to_string(), born.to_string());
            let after_service = years_later(day(&served), 7).unwrap();
            let kept = until("TX", &served, &born);
            prop_assert!(kept >= after_service);
            let of_age = turns(day(&born), 21).unwrap();
            prop_assert_eq!(kept, after_service.max(of_age), "the longer of the two periods");
            prop_assert_eq!(until("WI", &served, &born), years_later(day(&served), 5).unwrap());
        }
    }
}
