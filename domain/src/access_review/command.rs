//! What can be asked of an access review.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{AccessDecision, AccessLine, AccessReason};
use crate::AccessReviewId;

/// Everything that can be asked, with the facts looked up for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open a review of what the record of access shows.
    Open(NewAccessReview),
    /// Decide one line.
    Decide(DecideAccessLine),
    /// Close the review.
    Close,
}

impl Command {
    /// The command's name, kebab-case.
    pub fn name(&self) -> &'static str {
        match self {
            Command::Open(_) => "open-access-review",
            Command::Decide(_) => "decide-access-line",
            Command::Close => "close-access-review",
        }
    }
}

/// The id a new review gets, and who used which role in the time it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAccessReview {
    /// Also the id of the stream.
    pub access_review_id: AccessReviewId,
    /// From this time.
    pub from: DateTime<Utc>,
    /// Up to this time, not including it.
    pub to: DateTime<Utc>,
    /// Position of the log up to which the lines are whole.
    pub as_of_position: u64,
    /// One a subject and role.
    pub lines: Vec<AccessLine>,
}

/// Decide what becomes of one line's access. Until the review is closed, a newer decision takes the place of an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideAccessLine {
    /// Which line.
    pub line: u32,
    /// What becomes of it.
    pub decision: AccessDecision,
    /// Why.
    pub reason: AccessReason,
}
