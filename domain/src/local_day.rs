//! The calendar day of a moment, where a clinic's clocks are set.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::TimeZone;

impl TimeZone {
    /// The day it is there at that moment. A zone that the database of zones does not know counts as UTC: a moment is on a
    /// day everywhere.
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.as_str().parse().unwrap_or(Tz::UTC)).date_naive()
    }
}

impl Default for TimeZone {
    fn default() -> Self {
        Self::utc()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_clinics_midnight_in_summer_and_in_winter() {
        let chicago = TimeZone::try_from("America/Chicago").unwrap();
        let day = |text: &str| chicago.day(text.parse().unwrap()).to_string();
        assert_eq!(day("2026-01-01T05:59:59Z"), "2025-12-31");
        assert_eq!(day("2026-01-01T06:00:00Z"), "2026-01-01");
        assert_eq!(day("2026-07-01T04:59:59Z"), "2026-06-30");
        assert_eq!(day("2026-07-01T05:00:00Z"), "2026-07-01");
    }
}
