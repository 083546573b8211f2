//! Which states belong to which interstate compact, and since when.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Because, Unanswered};
use super::book::Effect;
use super::reliance::Reliance;
use super::statutes::Law;
use crate::Jurisdiction;

/// A compact under which states let people practise who are licensed in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Compact {
    /// Interstate Medical Licensure Compact: a quicker way to a full licence of each state, not a privilege.
    Imlc,
    /// Nurse Licensure Compact: practice in every member state on the home state's multistate licence.
    Nlc,
    /// Psychology Interjurisdictional Compact: telepsychology in member states on the home state's licence.
    Psypact,
}

impl Compact {
    /// The compact's name, kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Compact::Imlc => "imlc",
            Compact::Nlc => "nlc",
            Compact::Psypact => "psypact",
        }
    }
}

/// A row: states that are members.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Membership {
    compact: Compact,
    jurisdictions: Vec<Jurisdiction>,
}

/// A state in a compact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member(Compact, Jurisdiction);

impl std::fmt::Display for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in {}", self.0.name(), self.1)
    }
}

impl Effect for Membership {
    const KIND: &'static str = "compact";
    const MATTER: &'static str = "membership of a compact";
    type Subject = Member;

    fn subjects(&self) -> Vec<Member> {
        self.jurisdictions.iter().map(|place| Member(self.compact, *place)).collect()
    }
}

impl Law {
    /// The row by which a state is a member of a compact on a day. Without one nobody may rely on its membership.
    pub fn compact_member(
        &self,
        compact: Compact,
        jurisdiction: Jurisdiction,
        on: NaiveDate,
        reliance: &Reliance,
    ) -> Result<Because, Unanswered> {
        self.compacts.answer(&Member(compact, jurisdiction), on, reliance).map(|(_, because)| because)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_a_member_from_the_day_a_row_says_so() {
        let ask = |compact, place: &str, on: &str| {
            let (place, on) = (Jurisdiction::try_from(place).unwrap(), on.parse().unwrap());
            Law::current().compact_member(compact, place, on, &Reliance::simulated()).map(|because| because.rule)
        };
        assert!(ask(Compact::Nlc, "WI", "2026-03-02").is_ok());
        assert_eq!(ask(Compact::Nlc, "WI", "2000-01-01").unwrap_err().code(), "rule-unknown");
        assert_eq!(ask(Compact::Nlc, "CA", "2026-03-02").unwrap_err().code(), "rule-unknown");
    }
}
