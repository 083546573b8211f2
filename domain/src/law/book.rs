//! A book of rows of one kind, and the look-up of the row in force. What would make an answer depend on the order of the
//! rows (two rows about the same matter on the same day) is refused when the book is read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use super::answer::{Because, Unanswered};
use super::reliance::Reliance;
use super::row::{Rule, RuleId, Written};

/// What the rows of one kind say.
pub(super) trait Effect: DeserializeOwned + Debug {
    /// The kind's name, which is also that of its file.
    const KIND: &'static str;
    /// The matter in words, as in "no rule on … answers".
    const MATTER: &'static str;
    /// What one row is about.
    type Subject: Ord + Clone + Debug + Display;

    /// Everything the row is about.
    fn subjects(&self) -> Vec<Self::Subject>;

    /// Why the row makes no sense, where it makes none.
    fn flaw(&self) -> Option<&'static str> {
        None
    }
}

/// A row with its effect.
#[derive(Debug)]
pub(super) struct Row<E> {
    pub rule: Rule,
    pub effect: E,
}

impl<E> Row<E> {
    fn covers(&self, on: NaiveDate) -> bool {
        self.rule.from <= on && self.rule.to.is_none_or(|to| on <= to)
    }
}

/// Rows of one kind.
#[derive(Debug)]
pub(super) struct Book<E: Effect> {
    rows: Vec<Row<E>>,
    /// Rows by what they are about, oldest first.
    by_subject: BTreeMap<E::Subject, Vec<usize>>,
}

/// Rows that cannot be used. The data are part of the program, so a test finds it before anybody else does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Not the form of a row.
    #[error("{kind}: {problem}")]
    Unreadable {
        /// Which file.
        kind: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// Two rows have one name.
    #[error("{0:?} names two rows")]
    NameTaken(RuleId),
    /// The row answers for no day.
    #[error("{0:?} ends before it begins")]
    EndsBeforeItBegins(RuleId),
    /// The row is about nothing, says nothing, or has no source.
    #[error("{0:?} is about nothing, says nothing or names no source")]
    Empty(RuleId),
    /// The row contradicts itself.
    #[error("{rule:?} {flaw}")]
    Flawed {
        /// The row.
        rule: RuleId,
        /// In what.
        flaw: &'static str,
    },
    /// Two rows about the same matter are in force on the same day.
    #[error("{one:?} and {other:?} both answer for {on}")]
    Overlap {
        /// The earlier row.
        one: RuleId,
        /// The later row.
        other: RuleId,
        /// A day both answer for.
        on: NaiveDate,
    },
}

/// How a subject stands on a day.
#[derive(Debug)]
pub(super) enum Found<'a, E> {
    /// A row answers.
    InForce(&'a Row<E>),
    /// There are rows about this, none for this day; the nearest one that had ended, or else the first one to begin.
    NotOn(&'a Row<E>),
    /// No row is about this at all.
    Nothing,
}

impl<E: Effect> Book<E> {
    /// Reads rows; refuses what is wrong in itself or against another row of the book.
    pub fn read(json: &str) -> Result<Self, LoadError> {
        let unreadable = |error: serde_json::Error| LoadError::Unreadable { kind: E::KIND, problem: error.to_string() };
        let written: Vec<Written> = serde_json::from_str(json).map_err(unreadable)?;
        let mut book = Self { rows: Vec::with_capacity(written.len()), by_subject: BTreeMap::new() };
        let mut names = BTreeSet::new();
        for row in written {
            let rule = row.into_rule(E::KIND);
            let effect: E = serde_json::from_value(rule.effect.clone()).map_err(unreadable)?;
            check(&rule, &effect)?;
            if !names.insert(rule.id.clone()) {
                return Err(LoadError::NameTaken(rule.id));
            }
            for subject in effect.subjects() {
                book.by_subject.entry(subject).or_default().push(book.rows.len());
            }
            book.rows.push(Row { rule, effect });
        }
        book.order()?;
        Ok(book)
    }

    /// Puts the rows of each subject in the order of their days, which only works where no two share a day.
    fn order(&mut self) -> Result<(), LoadError> {
        for indexes in self.by_subject.values_mut() {
            indexes.sort_by_key(|index| self.rows[*index].rule.from);
            for pair in indexes.windows(2) {
                let (one, other) = (&self.rows[pair[0]].rule, &self.rows[pair[1]].rule);
                if one.to.is_none_or(|to| other.from <= to) {
                    return Err(LoadError::Overlap { one: one.id.clone(), other: other.id.clone(), on: other.from });
                }
            }
        }
        Ok(())
    }

    /// Every row.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rows.iter().map(|row| &row.rule)
    }

    /// The rows in force on a day.
    pub fn in_force(&self, on: NaiveDate) -> impl Iterator<Item = &Row<E>> {
        self.rows.iter().filter(move |row| row.covers(on))
    }

    /// Whether any row is about this, whatever its days.
    pub fn knows(&self, subject: &E::Subject) -> bool {
        self.by_subject.contains_key(subject)
    }

    /// The row about this on that day, reviewed or not.
    pub fn find(&self, subject: &E::Subject, on: NaiveDate) -> Found<'_, E> {
        let Some(indexes) = self.by_subject.get(subject) else { return Found::Nothing };
        let begun = indexes.partition_point(|index| self.rows[*index].rule.from <= on);
        let nearest = &self.rows[indexes[begun.saturating_sub(1)]];
        if nearest.covers(on) { Found::InForce(nearest) } else { Found::NotOn(nearest) }
    }

    /// The row about this on that day that the clinic may rely on, and its citation; or why there is none.
    pub fn answer(
        &self,
        subject: &E::Subject,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<(&E, Because), Unanswered> {
        match self.find(subject, on) {
            Found::InForce(row) => Ok((&row.effect, reliance.cite(&row.rule)?)),
            Found::NotOn(row) => Err(Unanswered::NotOnThatDay {
                matter: E::MATTER,
                subject: subject.to_string(),
                on,
                nearest: row.rule.id.clone(),
                from: row.rule.from,
                to: row.rule.to,
            }),
            Found::Nothing => Err(Unanswered::NoRule { matter: E::MATTER, subject: subject.to_string() }),
        }
    }

    #[cfg(test)]
    pub fn subjects(&self) -> impl Iterator<Item = &E::Subject> {
        self.by_subject.keys()
    }

    #[cfg(test)]
    pub fn rows(&self) -> &[Row<E>] {
        &self.rows
    }
}

fn check<E: Effect>(rule: &Rule, effect: &E) -> Result<(), LoadError> {
    if rule.to.is_some_and(|to| to < rule.from) {
        return Err(LoadError::EndsBeforeItBegins(rule.id.clone()));
    }
    if rule.says.trim().is_empty() || rule.source.trim().is_empty() || effect.subjects().is_empty() {
        return Err(LoadError::Empty(rule.id.clone()));
    }
    match effect.flaw() {
        Some(flaw) => Err(LoadError::Flawed { rule: rule.id.clone(), flaw }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct About {
        letters: Vec<char>,
    }

    impl Effect for About {
        const KIND: &'static str = "about";
        const MATTER: &'static str = "letters";
        type Subject = char;
        fn subjects(&self) -> Vec<char> {
            self.letters.clone()
        }
    }

    fn row(id: &str, letters: &str, from: &str, to: Option<&str>) -> serde_json::Value {
        let letters: Vec<String> = letters.chars().map(String::from).collect();
        serde_json::json!({
            "id": id, "from": from, "to": to, "says": "It is so.", "effect": { "letters": letters }, "source": "S",
            "source_date": null, "confidence": "low", "reviewed_by": null,
        })
    }

    fn read(rows: &[serde_json::Value]) -> Result<Book<About>, LoadError> {
        Book::read(&serde_json::Value::from(rows.to_vec()).to_string())
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn id(text: &str) -> RuleId {
        text.try_into().unwrap()
    }

    #[test]
    fn rows_that_answer_for_one_day_about_one_matter_are_refused() {
        let one = row("one", "ab", "2025-01-01", Some("2025-06-30"));
        let overlap = |other| read(&[one.clone(), other]).unwrap_err();
        let expected = |on: &str| LoadError::Overlap { one: id("one"), other: id("other"), on: day(on) };
        assert_eq!(overlap(row("other", "bc", "2025-06-30", None)), expected("2025-06-30"));
        assert_eq!(overlap(row("other", "b", "2025-02-01", Some("2025-03-01"))), expected("2025-02-01"));
        assert!(read(&[one.clone(), row("other", "c", "2025-01-01", None)]).is_ok());
        assert!(read(&[one.clone(), row("other", "b", "2025-07-01", None)]).is_ok());
        let endless = row("one", "a", "2025-01-01", None);
        assert!(matches!(read(&[endless, row("other", "a", "2040-01-01", None)]), Err(LoadError::Overlap { .. })));
    }

    #[test]
    fn a_row_that_makes_no_sense_is_refused() {
        assert_eq!(
            read(&[row("one", "a", "2025-01-02", Some("2025-01-01"))]).unwrap_err(),
            LoadError::EndsBeforeItBegins(id("one"))
        );
        assert_eq!(read(&[row("one", "", "2025-01-01", None)]).unwrap_err(), LoadError::Empty(id("one")));
        let twice = [row("one", "a", "2025-01-01", None), row("one", "b", "2025-01-01", None)];
        assert_eq!(read(&twice).unwrap_err(), LoadError::NameTaken(id("one")));
        let mut misspelt = row("one", "a", "2025-01-01", None);
        misspelt["form"] = "2025-01-01".into();
        assert!(matches!(read(&[misspelt]), Err(LoadError::Unreadable { .. })));
        let mut misspelt = row("one", "a", "2025-01-01", None);
        misspelt["effect"]["leters"] = "a".into();
        assert!(matches!(read(&[misspelt]), Err(LoadError::Unreadable { .. })));
    }

    #[test]
    fn before_between_and_after_the_rows_nothing_answers() {
        let book = read(&[
            row("old", "a", "2025-01-01", Some("2025-03-31")),
            row("new", "a", "2025-05-01", Some("2025-12-31")),
        ])
        .unwrap();
        let found = |on: &str| match book.find(&'a', day(on)) {
            Found::InForce(row) => format!("in force: {}", row.rule.id.as_str()),
            Found::NotOn(row) => format!("not on that day, nearest: {}", row.rule.id.as_str()),
            Found::Nothing => "nothing".to_owned(),
        };
        assert_eq!(found("2024-12-31"), "not on that day, nearest: old");
        assert_eq!(found("2025-01-01"), "in force: old");
        assert_eq!(found("2025-03-31"), "in force: old");
        assert_eq!(found("2025-04-01"), "not on that day, nearest: old");
        assert_eq!(found("2025-05-01"), "in force: new");
        assert_eq!(found("2025-12-31"), "in force: new");
        assert_eq!(found("2026-01-01"), "not on that day, nearest: new");
        assert!(matches!(book.find(&'z', day("2025-01-01")), Found::Nothing));
    }

    proptest! {
        /// Whatever the rows: a book is refused exactly when two rows share a subject and a day, and otherwise the row found
        /// is the one that a look at every row finds.
        #[test]
        fn the_row_found_is_the_only_one_that_covers_the_day(
            rows in proptest::collection::vec((0..60_u64, proptest::option::of(0..20_u64), "[ab]{1}"), 1..6),
            asked in 0..90_u64,
        ) {
            let start = day("2025-01-01");
            let date = |days: u64| start + chrono::Days::new(days);
            let spans: Vec<_> = rows.iter().map(|(from, length, about)| {
                (date(*from), length.map(|length| date(from + length)), about.chars().next().unwrap())
            }).collect();
            let json: Vec<_> = spans.iter().enumerate().map(|(number, (from, to, about))| {
                row(&format!("r{number}"), &about.to_string(), &from.to_string(), to.map(|to| to.to_string()).as_deref())
            }).collect();
            let covers = |span: &(NaiveDate, Option<NaiveDate>, char), about: char, on: NaiveDate| {
                span.2 == about && span.0 <= on && span.1.is_none_or(|to| on <= to)
            };
            let shared = (0..200).map(date).any(|on| "ab".chars().any(|about| {
                spans.iter().filter(|span| covers(span, about, on)).count() > 1
            }));
            match read(&json) {
                Err(LoadError::Overlap { .. }) => prop_assert!(shared),
                Err(error) => prop_assert!(false, "{error}"),
                Ok(book) => {
                    prop_assert!(!shared);
                    for about in "ab".chars() {
                        let expected = spans.iter().position(|span| covers(span, about, date(asked)));
                        let found = match book.find(&about, date(asked)) {
                            Found::InForce(row) => Some(row.rule.id.as_str().to_owned()),
                            _ => None,
                        };
                        prop_assert_eq!(found, expected.map(|number| format!("r{number}")));
                    }
                }
            }
        }
    }
}
