//! Every book of rows there is, read once from the files the program was built with.

use std::sync::LazyLock;

use super::billing::{AudioOnlyRule, BillingCode, MedicareWindow, Minutes, ModifierRule, Payable, PlaceRule};
use super::book::{Book, LoadError};
use super::compact::Membership;
use super::controlled_substances::Prescribing;
use super::majority::Majority;
use super::recording_consent::RecordingConsent;
use super::retention::Retention;
use super::row::{Rule, RuleId};
use super::self_consent::MinorConsent;

macro_rules! books {
    ($($field:ident: $effect:ty = $file:literal,)*) => {
        /// The rules of law and of payers.
        #[derive(Debug)]
        pub struct Law { $(pub(super) $field: Book<$effect>,)* }

        impl Law {
            /// Reads every file. Refuses rows that are wrong in themselves or contradict each other.
            pub fn load() -> Result<Self, LoadError> {
                let law = Self {
                    $($field: Book::read(include_str!(concat!("../../law/", $file, ".json")))?,)*
                };
                law.names_are_unique()?;
                Ok(law)
            }

            /// Every row, book by book.
            pub fn rules(&self) -> impl Iterator<Item = &Rule> {
                std::iter::empty()$(.chain(self.$field.rules()))*
            }
        }

        #[cfg(test)]
        const FILES: &[(&str, &str)] = &[$(($file, <$effect as super::book::Effect>::KIND)),*];
    };
}

books! {
    recording_consent: RecordingConsent = "recording-consent",
    billing_codes: BillingCode = "billing-code",
    billing_minutes: Minutes = "billing-minutes",
    billing_payable: Payable = "billing-payable",
    billing_modifiers: ModifierRule = "billing-modifier",
    billing_places: PlaceRule = "billing-place",
    medicare_windows: MedicareWindow = "medicare-window",
    medicare_audio_only: AudioOnlyRule = "medicare-audio-only",
    controlled_substances: Prescribing = "controlled-substance",
    compacts: Membership = "compact",
    majority: Majority = "majority",
    minor_consent: MinorConsent = "minor-consent",
    retention: Retention = "retention",
}

impl Law {
    /// The rules the program was built with. They are read at the first use; a test reads them too, so that a program
    /// whose rules contradict each other is never delivered.
    pub fn current() -> &'static Law {
        static LAW: LazyLock<Law> = LazyLock::new(|| match Law::load() {
            Ok(law) => law,
            Err(error) => panic!("the rules this program was built with cannot be used: {error}"),
        });
        &LAW
    }

    /// One row by its name.
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.rules().find(|rule| rule.id == *id)
    }

    fn names_are_unique(&self) -> Result<(), LoadError> {
        let mut names = std::collections::BTreeSet::new();
        match self.rules().find(|rule| !names.insert(&rule.id)) {
            Some(rule) => Err(LoadError::NameTaken(rule.id.clone())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;

    use super::super::book::{Effect, Found};
    use super::*;

    #[test]
    fn the_rules_the_program_was_built_with_can_be_used() {
        let law = Law::load().unwrap();
        for rule in law.rules() {
            assert_eq!(law.rule(&rule.id), Some(rule));
            assert!(rule.id.as_str().starts_with(rule.kind), "{:?} is named after its kind", rule.id);
        }
    }

    #[test]
    fn a_file_is_named_after_the_question_its_rows_answer() {
        for (file, kind) in FILES {
            assert_eq!(file, kind);
        }
    }

    /// Every boundary of every row: the day before, the day itself, the day after.
    fn boundaries(rule: &Rule) -> Vec<NaiveDate> {
        let around = |day: NaiveDate| [day - Days::new(1), day, day + Days::new(1)];
        rule.to.into_iter().chain([rule.from]).flat_map(around).collect()
    }

    /// The row found on a day is the one that a look at every row finds, for every matter of a book.
    fn agrees<E: Effect>(book: &Book<E>, on: NaiveDate) {
        for subject in book.subjects() {
            let about = || book.rows().iter().filter(|row| row.effect.subjects().contains(subject));
            let covering: Vec<_> =
                about().filter(|row| row.rule.from <= on && row.rule.to.is_none_or(|to| on <= to)).collect();
            match book.find(subject, on) {
                Found::InForce(row) => {
                    assert_eq!(covering.len(), 1, "{subject} on {on}");
                    assert_eq!(covering[0].rule.id, row.rule.id, "{subject} on {on}");
                }
                Found::NotOn(_) => assert!(covering.is_empty(), "{subject} on {on}"),
                Found::Nothing => panic!("{subject} is known"),
            }
        }
    }

    fn every_book_agrees(law: &Law, on: NaiveDate) {
        agrees(&law.recording_consent, on);
        agrees(&law.billing_codes, on);
        agrees(&law.billing_minutes, on);
        agrees(&law.billing_payable, on);
        agrees(&law.billing_modifiers, on);
        agrees(&law.billing_places, on);
        agrees(&law.medicare_windows, on);
        agrees(&law.medicare_audio_only, on);
        agrees(&law.controlled_substances, on);
        agrees(&law.compacts, on);
        agrees(&law.majority, on);
        agrees(&law.minor_consent, on);
        agrees(&law.retention, on);
    }

    #[test]
    fn around_every_boundary_the_one_row_in_force_is_found_or_none() {
        let law = Law::current();
        for on in law.rules().flat_map(boundaries) {
            every_book_agrees(law, on);
        }
    }

    proptest! {
        #[test]
        fn on_any_day_the_one_row_in_force_is_found_or_none(days in 0..40_000_u64) {
            let start = NaiveDate::from_ymd_opt(1960, 1, 1).unwrap();
            every_book_agrees(Law::current(), start + Days::new(days));
        }
    }
}
