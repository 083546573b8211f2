//! When a person is of age, by the place they are in.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::answer::{Explained, Unanswered};
use super::book::Effect;
use super::reliance::Reliance;
use super::row::Rule;
use super::statutes::Law;
use crate::Jurisdiction;

/// A row: the age of majority in some places.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Majority {
    jurisdictions: Vec<Jurisdiction>,
    age: u8,
}

impl Effect for Majority {
    const KIND: &'static str = "majority";
    const MATTER: &'static str = "the age of majority";
    type Subject = Jurisdiction;

    fn subjects(&self) -> Vec<Jurisdiction> {
        self.jurisdictions.clone()
    }
}

impl Law {
    /// From which age a person is an adult there.
    pub fn age_of_majority(
        &self,
        jurisdiction: Jurisdiction,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<Explained<u8>, Unanswered> {
        let (row, because) = self.majority.answer(&jurisdiction, on, reliance)?;
        Ok(Explained::new(row.age, on, vec![because]).knowing("jurisdiction", jurisdiction))
    }

    /// Every row in force on a day, with the age it says.
    pub(super) fn ages_of_majority(&self, on: NaiveDate) -> impl Iterator<Item = (&Rule, u8)> {
        self.majority.in_force(on).map(|row| (&row.rule, row.effect.age))
    }

    /// Whether somebody born on a day is a minor there.
    pub fn is_minor(
        &self,
        jurisdiction: Jurisdiction,
        born: NaiveDate,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<Explained<bool>, Unanswered> {
        let Explained { verdict: majority, on, facts, because } = self.age_of_majority(jurisdiction, on, reliance)?;
        let age = age_on(born, on).ok_or(Unanswered::MissingFact {
            matter: Majority::MATTER,
            fact: "a date of birth that is not after the day asked for",
        })?;
        Ok(Explained { verdict: age < majority, on, facts, because }.knowing("age", age))
    }
}

/// The day somebody reaches an age. Who was born on 29 February does so on 1 March of a year without one.
pub fn turns(born: NaiveDate, age: u8) -> Option<NaiveDate> {
    let year = born.year() + i32::from(age);
    born.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}

/// How old somebody is on a day; `None` before their birth and beyond 255 years.
pub fn age_on(born: NaiveDate, on: NaiveDate) -> Option<u8> {
    let birthdays = u8::try_from(on.year() - born.year()).ok()?;
    match turns(born, birthdays)? <= on {
        true => Some(birthdays),
        false => birthdays.checked_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn minor(place: &str, born: &str, on: &str) -> bool {
        let place = Jurisdiction::try_from(place).unwrap();
        Law::current().is_minor(place, day(born), day(on), &Reliance::simulated()).unwrap().verdict
    }

    #[test]
    fn somebody_is_of_age_from_the_birthday_on() {
        assert!(minor("WI", "2008-03-03", "2026-03-02"));
        assert!(!minor("WI", "2008-03-02", "2026-03-02"));
        assert!(!minor("WI", "2008-03-01", "2026-03-02"));
    }

    #[test]
    fn some_states_have_another_age() {
        assert!(minor("AL", "2008-01-01", "2026-03-02"));
        assert!(!minor("AL", "2007-01-01", "2026-03-02"));
        assert!(minor("MS", "2006-01-01", "2026-03-02"));
    }

    #[test]
    fn who_was_born_on_a_leap_day_comes_of_age_on_the_first_of_march() {
        assert!(minor("WI", "2008-02-29", "2026-02-28"));
        assert!(!minor("WI", "2008-02-29", "2026-03-01"));
        assert_eq!(age_on(day("2004-02-29"), day("2024-02-28")), Some(19));
        assert_eq!(age_on(day("2004-02-29"), day("2024-02-29")), Some(20));
    }

    #[test]
    fn a_place_without_a_row_and_a_birth_in_the_future_have_no_answer() {
        let ask = |place: &str, born: &str| {
            let place = Jurisdiction::try_from(place).unwrap();
            Law::current().is_minor(place, day(born), day("2026-03-02"), &Reliance::simulated())
        };
        assert_eq!(ask("GU", "2000-01-01").unwrap_err().code(), "rule-unknown");
        assert_eq!(ask("WI", "2026-03-03").unwrap_err().code(), "rule-needs-fact");
        assert!(ask("WI", "2026-03-02").unwrap().verdict);
    }

    proptest! {
        #[test]
        fn an_age_is_the_last_birthday_reached(born in 0..60_000_i64, later in 0..60_000_i64) {
            let born = day("1900-01-01") + chrono::Duration::days(born);
            let on = born + chrono::Duration::days(later);
            let age = age_on(born, on).unwrap();
            prop_assert!(turns(born, age).unwrap() <= on);
            prop_assert!(turns(born, age + 1).unwrap() > on);
        }
    }
}
