//! A time as people say it: an instant, or what the clocks on the clinic's wall show. Clocks that are set forward skip an
//! hour, and clocks that are set back show one twice: what is meant then only an instant says.

use std::borrow::Cow;

use chrono::{DateTime, Duration, LocalResult, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::{Refusal, TimeZone};

/// When something is to be. Reads `2026-03-08T15:30:00Z` (any offset) as an instant and `2026-03-08T09:30` as the clinic's
/// local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// A moment.
    Instant(DateTime<Utc>),
    /// What the clinic's clocks show.
    Local(NaiveDateTime),
}

/// Why a local time names no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoInstant {
    /// The clocks are set forward past it.
    #[error("the clinic's clocks are set forward past this time; choose another one")]
    Skipped,
    /// The clocks show it twice.
    #[error("the clinic's clocks show this time twice; say which is meant by naming the offset from UTC")]
    Doubled,
}

impl Refusal for NoInstant {
    fn code(&self) -> &'static str {
        match self {
            NoInstant::Skipped => "local-time-skipped",
            NoInstant::Doubled => "local-time-doubled",
        }
    }
}

impl Time {
    /// What reads as one.
    pub const EXPECTED: &str = "a time such as 2026-03-08T15:30:00Z, or 2026-03-08T09:30 by the clinic's clocks";

    /// The moment that is meant, where clocks are set to this zone.
    pub fn resolve(self, zone: &TimeZone) -> Result<DateTime<Utc>, NoInstant> {
        match self {
            Time::Instant(at) => Ok(at),
            Time::Local(local) => match zone.tz().from_local_datetime(&local) {
                LocalResult::Single(at) => Ok(at.to_utc()),
                LocalResult::None => Err(NoInstant::Skipped),
                LocalResult::Ambiguous(..) => Err(NoInstant::Doubled),
            },
        }
    }
}

impl From<DateTime<Utc>> for Time {
    fn from(at: DateTime<Utc>) -> Self {
        Time::Instant(at)
    }
}

impl TimeZone {
    /// A zone that the database of zones does not know counts as UTC: a moment is on a day everywhere.
    fn tz(&self) -> Tz {
        self.as_str().parse().unwrap_or(Tz::UTC)
    }

    /// The day it is there at that moment.
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).date()
    }

    /// What the clocks show there at that moment.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.tz()).naive_local()
    }

    /// The first moment at which the clocks there show this time or a later one; a time they skip is the moment they do.
    pub fn first_moment(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let zone = self.tz();
        let later = |minutes| local.checked_add_signed(Duration::minutes(minutes));
        let shown = (0..=LONGEST_GAP_MINUTES).find_map(|minutes| zone.from_local_datetime(&later(minutes)?).earliest());
        shown.map_or(local.and_utc(), |at| at.to_utc())
    }
}

/// Clocks have been set forward by a day at most.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

impl Default for TimeZone {
    fn default() -> Self {
        Self::utc()
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        if let Ok(at) = DateTime::parse_from_rfc3339(&text) {
            return Ok(Time::Instant(at.to_utc()));
        }
        let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok());
        local.map(Time::Local).ok_or_else(|| de::Error::custom(Self::EXPECTED))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An instant with its offset (`2026-03-08T15:30:00Z`), or a time by the clinic's clocks without one (`2026-03-08T09:30`).",
            "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})?$",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::try_from(name).unwrap()
    }

    fn read(text: &str) -> Result<Time, serde_json::Error> {
        serde_json::from_value(text.into())
    }

    #[test]
    fn a_day_begins_at_the_clinics_midnight_in_summer_and_in_winter() {
        let chicago = zone("America/Chicago");
        let day = |text: &str| chicago.day(text.parse().unwrap()).to_string();
        assert_eq!(day("2026-01-01T05:59:59Z"), "2025-12-31");
        assert_eq!(day("2026-01-01T06:00:00Z"), "2026-01-01");
        assert_eq!(day("2026-07-01T04:59:59Z"), "2026-06-30");
        assert_eq!(day("2026-07-01T05:00:00Z"), "2026-07-01");
    }

    #[test]
    fn a_local_time_is_the_clinics_and_an_hour_that_is_skipped_or_doubled_names_no_moment() {
        let chicago = zone("America/Chicago");
        let at = |text: &str| read(text).unwrap().resolve(&chicago).map(|at| at.to_rfc3339());
        assert_eq!(at("2026-01-15T09:30").unwrap(), "2026-01-15T15:30:00+00:00");
        assert_eq!(at("2026-07-15T09:30:00").unwrap(), "2026-07-15T14:30:00+00:00");
        assert_eq!(at("2026-03-08T02:30"), Err(NoInstant::Skipped));
        assert_eq!(at("2026-11-01T01:30"), Err(NoInstant::Doubled));
        // Said with its offset, either of the two is a moment.
        assert_eq!(at("2026-11-01T01:30:00-05:00").unwrap(), "2026-11-01T06:30:00+00:00");
        assert_eq!(at("2026-11-01T01:30:00-06:00").unwrap(), "2026-11-01T07:30:00+00:00");
        // Arizona sets no clocks.
        let phoenix = read("2026-03-08T02:30").unwrap().resolve(&zone("America/Phoenix")).unwrap();
        assert_eq!(phoenix.to_rfc3339(), "2026-03-08T09:30:00+00:00");
    }

    #[test]
    fn what_is_no_time_is_refused_with_what_would_be_one() {
        for wrong in ["", "tomorrow", "2026-02-30T09:30", "2026-03-08", "2026-03-08T25:00", "09:30"] {
            assert!(read(wrong).unwrap_err().to_string().contains("by the clinic's clocks"), "{wrong}");
        }
    }

    #[test]
    fn the_first_moment_of_a_skipped_time_is_when_it_is_skipped() {
        let chicago = zone("America/Chicago");
        let first = |text: &str| chicago.first_moment(text.parse().unwrap()).to_rfc3339();
        assert_eq!(first("2026-03-08T02:30:00"), "2026-03-08T08:00:00+00:00");
        assert_eq!(first("2026-11-01T01:30:00"), "2026-11-01T06:30:00+00:00");
        assert_eq!(first("2026-03-08T03:00:00"), "2026-03-08T08:00:00+00:00");
    }

    proptest! {
        #[test]
        fn what_the_clocks_show_at_a_moment_names_that_moment_unless_they_show_it_twice(
            seconds in 946_684_800_i64..2_524_608_000,
            name in prop_oneof![Just("America/Chicago"), Just("America/Phoenix"), Just("Pacific/Honolulu"), Just("America/St_Johns"), Just("UTC")],
        ) {
            let (zone, at) = (zone(name), DateTime::from_timestamp(seconds - seconds % 60, 0).unwrap());
            match Time::Local(zone.local(at)).resolve(&zone) {
                Ok(again) => prop_assert_eq!(again, at),
                Err(error) => prop_assert_eq!(error, NoInstant::Doubled),
            }
            prop_assert!(zone.first_moment(zone.local(at)) <= at);
        }
    }
}
