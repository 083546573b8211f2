//! What a rule answers, and on what the answer rests; or why there is none.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reliance::Reviewed;
use super::row::{Confidence, RuleId};
use crate::Sha256Hex;

/// A verdict with its grounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Explained<V> {
    /// What follows.
    pub verdict: V,
    /// The day it was asked for.
    pub on: NaiveDate,
    /// What was known of the case, by name. May tell about a person: an explanation is shown to who asked, not logged.
    pub facts: BTreeMap<&'static str, String>,
    /// Every row the verdict rests on, the decisive one first.
    pub because: Vec<Because>,
}

impl<V> Explained<V> {
    /// A verdict on a day, for reasons.
    pub(super) fn new(verdict: V, on: NaiveDate, because: Vec<Because>) -> Self {
        Self { verdict, on, facts: BTreeMap::new(), because }
    }

    /// The same, having known this too.
    pub(super) fn knowing(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.insert(name, value.to_string());
        self
    }
}

/// A row an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Because {
    /// The row.
    pub rule: RuleId,
    /// The hash of its content as it was used.
    pub content_sha256: Sha256Hex,
    /// What it says.
    pub says: String,
    /// Where that is written.
    pub source: String,
    /// The day the source is from.
    pub source_date: Option<NaiveDate>,
    /// How sure its writer was.
    pub confidence: Confidence,
    /// Why the clinic may rely on it.
    pub reviewed: Reviewed,
}

/// Why a question has no answer. Nothing may be done on the strength of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// There is no row about this at all.
    #[error("no rule on {matter} is known for {subject}; have one added and reviewed")]
    NoRule {
        /// What it is about.
        matter: &'static str,
        /// For what a row was looked for.
        subject: String,
    },
    /// There are rows, none for that day.
    #[error(
        "no rule on {matter} is known for {subject} on {on}: the nearest one, {}, answers from {from} {}",
        nearest.as_str(), until(*to)
    )]
    NotOnThatDay {
        /// What it is about.
        matter: &'static str,
        /// For what a row was looked for.
        subject: String,
        /// The day asked for.
        on: NaiveDate,
        /// The row that ended last before it, or begins first after it.
        nearest: RuleId,
        /// Its first day.
        from: NaiveDate,
        /// Its last day.
        to: Option<NaiveDate>,
    },
    /// There is a row, and nobody has reviewed it.
    #[error(
        "the rule {} was not reviewed; the clinic's compliance officer reviews it with POST /v1/rules/{}/review",
        rule.as_str(), rule.as_str()
    )]
    Unreviewed {
        /// The row.
        rule: RuleId,
    },
    /// The clinic's compliance officer reviewed the row and found it wrong.
    #[error("the clinic's compliance officer rejected the rule {}; have a better one added", rule.as_str())]
    Rejected {
        /// The row.
        rule: RuleId,
    },
    /// Something the rule turns on is not known.
    #[error("the rule on {matter} needs to know {fact}")]
    MissingFact {
        /// What it is about.
        matter: &'static str,
        /// What is missing.
        fact: &'static str,
    },
}

impl Unanswered {
    /// Stable kebab-case code.
    pub fn code(&self) -> &'static str {
        match self {
            Unanswered::NoRule { .. } | Unanswered::NotOnThatDay { .. } => "rule-unknown",
            Unanswered::Unreviewed { .. } => "rule-unreviewed",
            Unanswered::Rejected { .. } => "rule-rejected",
            Unanswered::MissingFact { .. } => "rule-needs-fact",
        }
    }
}

fn until(to: Option<NaiveDate>) -> String {
    to.map_or_else(|| "on".to_owned(), |to| format!("to {to}"))
}
