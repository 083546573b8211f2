//! When a provider works: hours of the week, by the clinic's clocks, from a day on. And the times that are open on a day.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::TimeZone;
use crate::calendar::Slot;

/// Stretches a week can have.
pub const MOST_HOURS: usize = 50;

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // They say what they are.
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// The weekday of a date.
    pub fn of(day: NaiveDate) -> Self {
        match day.weekday() {
            chrono::Weekday::Mon => Weekday::Monday,
            chrono::Weekday::Tue => Weekday::Tuesday,
            chrono::Weekday::Wed => Weekday::Wednesday,
            chrono::Weekday::Thu => Weekday::Thursday,
            chrono::Weekday::Fri => Weekday::Friday,
            chrono::Weekday::Sat => Weekday::Saturday,
            chrono::Weekday::Sun => Weekday::Sunday,
        }
    }
}

/// A stretch of one day of the week, by the clinic's clocks: from its opening up to, and not including, its close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Which day.
    pub weekday: Weekday,
    /// When work begins.
    pub opens: NaiveTime,
    /// When it ends, the same day.
    pub closes: NaiveTime,
}

impl Hours {
    fn overlaps(&self, other: &Self) -> bool {
        self.weekday == other.weekday && self.opens < other.closes && other.opens < self.closes
    }
}

/// What is wrong with a week's hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoursFault {
    /// There are more than [`MOST_HOURS`].
    TooMany,
    /// One does not begin before it ends.
    EndBeforeTheyBegin,
    /// Two of a day overlap.
    Overlap,
}

/// Finds what is wrong with a week's hours.
pub(super) fn fault(weekly: &[Hours]) -> Option<HoursFault> {
    let overlapping = |(at, hours): (usize, &Hours)| weekly[..at].iter().any(|earlier| earlier.overlaps(hours));
    match weekly {
        _ if weekly.len() > MOST_HOURS => Some(HoursFault::TooMany),
        _ if weekly.iter().any(|hours| hours.closes <= hours.opens) => Some(HoursFault::EndBeforeTheyBegin),
        _ if weekly.iter().enumerate().any(overlapping) => Some(HoursFault::Overlap),
        _ => None,
    }
}

/// When a provider works, as far as anybody said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability(BTreeMap<NaiveDate, Vec<Hours>>);

impl Availability {
    /// From this day on these are the hours, until others are set from a later day on.
    pub(super) fn set(&mut self, from: NaiveDate, weekly: &[Hours]) {
        self.0.insert(from, weekly.to_vec());
    }

    /// The moments of work on a day of the clinic's, in order; `None` where nobody ever said when the provider works.
    pub fn on(&self, day: NaiveDate, zone: &TimeZone) -> Option<Vec<Slot>> {
        let (_, weekly) = self.0.range(..=day).next_back()?;
        let moment = |time: NaiveTime| zone.first_moment(day.and_time(time));
        let hours = weekly.iter().filter(|hours| hours.weekday == Weekday::of(day));
        let open = hours.map(|hours| Slot { starts_at: moment(hours.opens), ends_at: moment(hours.closes) });
        let mut open: Vec<Slot> = open.filter(|open| open.starts_at < open.ends_at).collect();
        open.sort_by_key(|open| open.starts_at);
        Some(open)
    }

    /// Whether all of this time is time of work. Where nobody said when the provider works, all time is.
    pub fn covers(&self, time: Slot, zone: &TimeZone) -> bool {
        let within = |open: &Slot| open.starts_at <= time.starts_at && time.ends_at <= open.ends_at;
        self.on(zone.day(time.starts_at), zone).is_none_or(|open| open.iter().any(within))
    }

    /// The times of this length that can still be booked on a day, one after the other, after a moment; `None` where
    /// nobody ever said when the provider works. What is taken is left out, and the next begins where it ends.
    pub fn open_slots(
        &self,
        (day, zone): (NaiveDate, &TimeZone),
        length: Duration,
        taken: &[Slot],
        after: DateTime<Utc>,
    ) -> Option<Vec<Slot>> {
        let mut slots = Vec::new();
        for open in self.on(day, zone)? {
            let mut starts_at = open.starts_at;
            while let Some(ends_at) =
                starts_at.checked_add_signed(length).filter(|end| *end <= open.ends_at && starts_at < *end)
            {
                let slot = Slot { starts_at, ends_at };
                match taken.iter().filter(|taken| taken.overlaps(&slot)).map(|taken| taken.ends_at).max() {
                    Some(free_again) => starts_at = free_again,
                    None => {
                        if after <= starts_at {
                            slots.push(slot);
                        }
                        starts_at = ends_at;
                    }
                }
            }
        }
        Some(slots)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> NaiveTime {
        text.parse().unwrap()
    }

    fn hours(weekday: Weekday, opens: &str, closes: &str) -> Hours {
        Hours { weekday, opens: time(opens), closes: time(closes) }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn chicago() -> TimeZone {
        TimeZone::try_from("America/Chicago").unwrap()
    }

    fn slot(start: &str, minutes: u16) -> Slot {
        Slot::new(start.parse().unwrap(), minutes)
    }

    fn from_january(weekly: &[Hours]) -> Availability {
        let mut availability = Availability::default();
        availability.set(day("2026-01-01"), weekly);
        availability
    }

    #[test]
    fn hours_must_be_hours() {
        let monday = hours(Weekday::Monday, "09:00:00", "12:00:00");
        assert_eq!(fault(&[monday, hours(Weekday::Monday, "12:00:00", "13:00:00")]), None);
        assert_eq!(fault(&[monday, hours(Weekday::Tuesday, "11:00:00", "13:00:00")]), None);
        assert_eq!(fault(&[monday, hours(Weekday::Monday, "11:59:00", "13:00:00")]), Some(HoursFault::Overlap));
        assert_eq!(fault(&[hours(Weekday::Monday, "09:00:00", "09:00:00")]), Some(HoursFault::EndBeforeTheyBegin));
        assert_eq!(fault(&[monday; MOST_HOURS + 1]), Some(HoursFault::TooMany));
    }

    #[test]
    fn work_is_by_the_clinics_clocks_from_the_day_that_was_said() {
        let mut availability = from_january(&[hours(Weekday::Monday, "09:00:00", "10:00:00")]);
        availability.set(day("2026-06-01"), &[]);
        let covers = |start: &str| availability.covers(slot(start, 20), &chicago());
        assert!(covers("2026-03-02T15:00:00Z"), "nine o'clock in winter");
        assert!(!covers("2026-03-02T14:00:00Z"));
        assert!(covers("2026-03-09T14:00:00Z"), "nine o'clock in summer");
        assert!(covers("2026-03-09T14:40:00Z"));
        assert!(!covers("2026-03-09T14:41:00Z"), "it would not be over by ten");
        assert!(!covers("2026-03-10T14:00:00Z"), "a Tuesday");
        assert!(!covers("2026-06-01T14:00:00Z"), "from June on there are no hours");
        assert!(covers("2025-12-29T03:00:00Z"), "before January nobody said anything");
        assert!(Availability::default().covers(slot("2026-03-02T03:00:00Z", 20), &chicago()));
    }

    #[test]
    fn open_times_go_round_what_is_taken_and_what_is_past() {
        let availability = from_january(&[hours(Weekday::Monday, "09:00:00", "10:30:00")]);
        let taken = [slot("2026-03-02T15:20:00Z", 25)];
        let open = |after: &str| {
            let when = (day("2026-03-02"), &chicago());
            let slots = availability.open_slots(when, Duration::minutes(20), &taken, after.parse().unwrap()).unwrap();
            slots.iter().map(|slot| slot.starts_at.format("%H:%M").to_string()).collect::<Vec<_>>()
        };
        assert_eq!(open("2026-03-01T00:00:00Z"), ["15:00", "15:45", "16:05"]);
        assert_eq!(open("2026-03-02T15:01:00Z"), ["15:45", "16:05"]);
    }

    #[test]
    fn a_night_in_which_clocks_are_set_is_as_long_as_it_is() {
        let availability = from_january(&[hours(Weekday::Sunday, "01:00:00", "04:00:00")]);
        let count = |date: &str| {
            let long_ago = "2020-01-01T00:00:00Z".parse().unwrap();
            availability.open_slots((day(date), &chicago()), Duration::hours(1), &[], long_ago).unwrap().len()
        };
        assert_eq!((count("2026-03-01"), count("2026-03-08"), count("2026-11-01")), (3, 2, 4));
    }

    proptest! {
        #[test]
        fn every_open_time_is_work_and_free(
            minutes in 5..200_i64,
            spans in proptest::collection::vec((0..1_440_i64, 1..200_u16), 0..8),
            on in 0..400_u64,
        ) {
            let availability = from_january(&[hours(Weekday::Sunday, "00:30:00", "05:00:00"), hours(Weekday::Monday, "09:00:00", "17:00:00")]);
            let (zone, day) = (chicago(), day("2026-01-01") + chrono::Days::new(on));
            let midnight = zone.first_moment(day.and_time(NaiveTime::MIN));
            let taken: Vec<Slot> = spans.iter().map(|(start, length)| Slot::new(midnight + Duration::minutes(*start), *length)).collect();
            let slots = availability.open_slots((day, &zone), Duration::minutes(minutes), &taken, midnight).unwrap();
            for (at, slot) in slots.iter().enumerate() {
                prop_assert!(availability.covers(*slot, &zone));
                prop_assert!(!taken.iter().any(|taken| taken.overlaps(slot)));
                prop_assert!(slots[..at].iter().all(|earlier| !earlier.overlaps(slot)));
            }
        }
    }
}
