//! Something that has to hold, and whether it does.

use serde::Serialize;

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub what: &'static str,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "why", rename_all = "kebab-case")]
pub enum Outcome {
    Holds,
    Fails(String),
    /// It could not be looked at, or there is nothing on record to look at.
    NotSeen(String),
}

impl Check {
    pub fn new(what: &'static str, outcome: Outcome) -> Self {
        Self { what, outcome }
    }

    pub fn fails(&self) -> bool {
        matches!(self.outcome, Outcome::Fails(_))
    }
}

impl Outcome {
    /// Of a comparison; `otherwise` says what it is if not the same.
    pub fn same(same: bool, otherwise: &str) -> Self {
        if same { Outcome::Holds } else { Outcome::Fails(otherwise.into()) }
    }
}
