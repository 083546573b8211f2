//! What happens in an access review.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AccessDecision, AccessLine, AccessReason};
use crate::AccessReviewId;

/// A review was opened, with who used which role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccessReviewOpened {
    /// The review, also the id of the stream.
    pub access_review_id: AccessReviewId,
    /// From this time.
    pub from: DateTime<Utc>,
    /// Up to this time, not including it.
    pub to: DateTime<Utc>,
    /// Position of the log up to which the lines are whole.
    pub as_of_position: u64,
    /// One a subject and role.
    pub lines: Vec<AccessLine>,
    /// Who opened it, by the identity provider's subject.
    pub opened_by: String,
}

/// Somebody decided what becomes of a line's access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccessLineDecided {
    /// Which line.
    pub line: u32,
    /// What becomes of it.
    pub decision: AccessDecision,
    /// Why.
    pub reason: AccessReason,
    /// Who decided, by the identity provider's subject.
    pub decided_by: String,
}

/// The review is over: every line is decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccessReviewClosed {
    /// How many stay.
    pub kept: u32,
    /// How many go.
    pub removed: u32,
    /// Who closed it, by the identity provider's subject.
    pub closed_by: String,
}

crate::catalogue! {
    /// A fact about an access review.
    pub enum Event {
        "access-review-opened" "1.0" => AccessReviewOpened, "A review of who used which role was opened.";
        "access-line-decided" "1.0" => AccessLineDecided, "A reviewer decided what becomes of a line's access, and why.";
        "access-review-closed" "1.0" => AccessReviewClosed, "The review is over: every line is decided.";
    }
}
