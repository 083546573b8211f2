//! What a review's stream adds up to.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AccessDecision, AccessLine, AccessReason, Event};
use crate::AccessReviewId;

/// The newest decision of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What becomes of it.
    pub decision: AccessDecision,
    /// Why.
    pub reason: AccessReason,
    /// Who decided.
    pub decided_by: String,
}

/// An access review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessReview {
    id: Option<AccessReviewId>,
    period: Option<(DateTime<Utc>, DateTime<Utc>)>,
    lines: Vec<AccessLine>,
    decided: BTreeMap<u32, Decided>,
    closed_by: Option<String>,
}

impl AccessReview {
    /// Its id, once opened.
    pub fn id(&self) -> Option<AccessReviewId> {
        self.id
    }

    /// The time it is about.
    pub fn period(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.period
    }

    /// Who used which role.
    pub fn lines(&self) -> &[AccessLine] {
        &self.lines
    }

    /// What was decided of a line.
    pub fn decided(&self, line: u32) -> Option<&Decided> {
        self.decided.get(&line)
    }

    /// Lines that nobody has decided.
    pub fn undecided(&self) -> usize {
        self.lines.len() - self.decided.len()
    }

    /// Who closed it, if it is over.
    pub fn closed_by(&self) -> Option<&str> {
        self.closed_by.as_deref()
    }

    /// How many lines are to stay, or to go.
    pub fn count(&self, decision: AccessDecision) -> usize {
        self.decided.values().filter(|decided| decided.decision == decision).count()
    }

    pub(super) fn apply_event(&mut self, event: &Event) {
        match event {
            Event::AccessReviewOpened(opened) => {
                self.id = Some(opened.access_review_id);
                self.period = Some((opened.from, opened.to));
                self.lines.clone_from(&opened.lines);
            }
            Event::AccessLineDecided(decided) => {
                let (decision, reason, decided_by) = (decided.decision, decided.reason, decided.decided_by.clone());
                self.decided.insert(decided.line, Decided { decision, reason, decided_by });
            }
            Event::AccessReviewClosed(closed) => self.closed_by = Some(closed.closed_by.clone()),
        }
    }
}
