//! Whether a clinic may rely on a row. One that nobody has reviewed holds only where everything is simulated, unless the
//! clinic's own compliance officer reviewed that very row: its content, not its name.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Because, Unanswered};
use super::row::{Rule, RuleId};
use crate::Sha256Hex;

/// What a compliance officer found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewVerdict {
    /// The row is right; the clinic relies on it.
    Accepted,
    /// The row is wrong; the clinic does not use it.
    Rejected,
}

/// Why a row could be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reviewed {
    /// It was reviewed before it was delivered.
    BeforeDelivery,
    /// The clinic's compliance officer reviewed it.
    ByClinic,
    /// Nobody reviewed it: everything in this clinic is simulated.
    SimulatedOnly,
}

/// What a clinic may rely on: looked up in its stream and handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reliance {
    /// Whether everything in the clinic is simulated.
    pub simulated: bool,
    /// The clinic's own newest review of each row: of which content, and what came of it.
    pub reviews: BTreeMap<RuleId, (Sha256Hex, ReviewVerdict)>,
}

impl Reliance {
    /// A clinic in which everything is simulated and nothing was reviewed.
    pub fn simulated() -> Self {
        Self { simulated: true, reviews: BTreeMap::new() }
    }

    /// Why this row may be relied on. A rejected row is not used even where everything is simulated; a review of other
    /// content under the same name counts for nothing.
    pub fn on(&self, rule: &Rule) -> Result<Reviewed, Unanswered> {
        let own = self.reviews.get(&rule.id).filter(|(content, _)| *content == rule.content_sha256);
        match own {
            Some((_, ReviewVerdict::Rejected)) => Err(Unanswered::Rejected { rule: rule.id.clone() }),
            Some((_, ReviewVerdict::Accepted)) => Ok(Reviewed::ByClinic),
            None if rule.reviewed_by.is_some() => Ok(Reviewed::BeforeDelivery),
            None if self.simulated => Ok(Reviewed::SimulatedOnly),
            None => Err(Unanswered::Unreviewed { rule: rule.id.clone() }),
        }
    }

    /// The row as an answer cites it, if it may be relied on.
    pub(super) fn cite(&self, rule: &Rule) -> Result<Because, Unanswered> {
        let reviewed = self.on(rule)?;
        Ok(Because {
            rule: rule.id.clone(),
            content_sha256: rule.content_sha256.clone(),
            says: rule.says.clone(),
            source: rule.source.clone(),
            source_date: rule.source_date,
            confidence: rule.confidence,
            reviewed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Law;

    fn some_rule() -> Rule {
        Law::current().rules().next().unwrap().clone()
    }

    fn reviewed(rule: &Rule, content: &Sha256Hex, verdict: ReviewVerdict, simulated: bool) -> Reliance {
        Reliance { simulated, reviews: BTreeMap::from([(rule.id.clone(), (content.clone(), verdict))]) }
    }

    #[test]
    fn an_unreviewed_row_holds_only_where_everything_is_simulated() {
        let rule = some_rule();
        assert_eq!(Reliance::simulated().on(&rule), Ok(Reviewed::SimulatedOnly));
        assert_eq!(Reliance::default().on(&rule), Err(Unanswered::Unreviewed { rule: rule.id.clone() }));
        let delivered = Rule { reviewed_by: Some("Counsel".to_owned()), ..rule };
        assert_eq!(Reliance::default().on(&delivered), Ok(Reviewed::BeforeDelivery));
    }

    #[test]
    fn a_clinics_own_review_counts_for_the_content_it_was_of() {
        let rule = some_rule();
        let accepted = reviewed(&rule, &rule.content_sha256, ReviewVerdict::Accepted, false);
        assert_eq!(accepted.on(&rule), Ok(Reviewed::ByClinic));
        let earlier = reviewed(&rule, &Sha256Hex::of(&[b"another wording"]), ReviewVerdict::Accepted, false);
        assert_eq!(earlier.on(&rule), Err(Unanswered::Unreviewed { rule: rule.id.clone() }));
        let rejected = reviewed(&rule, &rule.content_sha256, ReviewVerdict::Rejected, true);
        assert_eq!(rejected.on(&rule), Err(Unanswered::Rejected { rule: rule.id.clone() }));
    }
}
