//! The times of a bundle: those that every reader has, whatever it is written in. Their years are 0001 to 9999, as RFC 3339
//! writes them, and they have no leap seconds.

use chrono::{DateTime, Datelike, Timelike, Utc};

/// Whether a time is one.
pub fn is_time(time: &DateTime<Utc>) -> bool {
    // Of a leap second there are more nanoseconds.
    (1..=9999).contains(&time.year()) && time.nanosecond() < 1_000_000_000
}
