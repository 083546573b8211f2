//! Why a visit cannot be told.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::words::time;

/// Says nothing of anybody's health.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The clinic has no such visit.
    #[error("there is no visit {visit} at clinic {clinic}")]
    NoVisit { visit: Uuid, clinic: Uuid },
    /// The visit has no event of this number.
    #[error("the visit has no event {sequence}: it has {events}")]
    NoEvent { sequence: u64, events: usize },
    /// At this time the visit did not have its first event.
    #[error("there was no such visit yet at {}", time(*.0))]
    NotYet(DateTime<Utc>),
    /// Of two moments the first came after the second.
    #[error("the first of the two moments is not before the second")]
    OutOfOrder,
    /// The visit has no note of this id.
    #[error("visit {visit} has no note {note}")]
    NoNote { visit: Uuid, note: Uuid },
    /// What is asked for cannot be told without an event that this program cannot read.
    #[error("an event cannot be read: {0}")]
    Unreadable(String),
    /// The log did not answer.
    #[error("the log does not answer: {0}")]
    Log(#[from] sqlx::Error),
}
