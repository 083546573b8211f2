//! How long a provider's patients wait, measured from waits that came to their end. An estimate is one of these, or there
//! is none.

use chrono::{DateTime, Days, Utc};
use serde::{Deserialize, Serialize};

/// Waits remembered for a provider.
const REMEMBERED: usize = 40;
/// How far back a wait says something about today.
const RECENT_DAYS: u64 = 90;
/// Waits needed for an estimate.
const NEEDED: usize = 5;
/// This many of a hundred patients waited no longer than estimated.
const PERCENTILE: u8 = 80;

/// Newest completed waits of one provider, oldest first: when they ended, and how many seconds they took from check-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pace(Vec<(DateTime<Utc>, u64)>);

/// How much longer a patient is likely to wait, and what says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// Minutes from now, rounded up.
    pub minutes: u32,
    /// How many completed waits of this provider it was measured from.
    pub from_visits: u32,
    /// Share of those waits, in percent, that were no longer.
    pub percentile: u8,
}

impl Pace {
    pub fn add(&mut self, ended: DateTime<Utc>, seconds: u64) {
        self.0.push((ended, seconds));
        self.0.drain(..self.0.len().saturating_sub(REMEMBERED));
    }

    /// For a patient who has waited so long; `None` where too few waits are known, or where this one has already taken
    /// longer than the estimate.
    pub fn estimate(&self, waited: u64, as_of: DateTime<Utc>) -> Option<Estimate> {
        let oldest = as_of.checked_sub_days(Days::new(RECENT_DAYS))?;
        let mut waits: Vec<u64> =
            self.0.iter().filter(|(ended, _)| (oldest..=as_of).contains(ended)).map(|(_, seconds)| *seconds).collect();
        if waits.len() < NEEDED {
            return None;
        }
        waits.sort_unstable();
        let rank = (waits.len() * usize::from(PERCENTILE)).div_ceil(100);
        let remaining = waits[rank - 1].checked_sub(waited)?;
        Some(Estimate {
            minutes: u32::try_from(remaining.div_ceil(60)).unwrap_or(u32::MAX),
            from_visits: waits.len() as u32,
            percentile: PERCENTILE,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone};

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 10, 0, 0).unwrap()
    }

    fn pace(minutes: &[u64]) -> Pace {
        let mut pace = Pace::default();
        minutes.iter().for_each(|minutes| pace.add(now() - Duration::days(1), minutes * 60));
        pace
    }

    #[test]
    fn four_waits_say_nothing_and_five_do() {
        assert_eq!(pace(&[5, 5, 5, 5]).estimate(0, now()), None);
        let estimate = pace(&[1, 2, 3, 10, 30]).estimate(0, now());
        assert_eq!(estimate, Some(Estimate { minutes: 10, from_visits: 5, percentile: 80 }));
    }

    #[test]
    fn what_was_waited_counts_and_a_wait_beyond_every_estimate_gets_none() {
        let pace = pace(&[10, 10, 10, 10, 10]);
        assert_eq!(pace.estimate(7 * 60 + 30, now()).map(|estimate| estimate.minutes), Some(3));
        assert_eq!(pace.estimate(10 * 60, now()).map(|estimate| estimate.minutes), Some(0));
        assert_eq!(pace.estimate(10 * 60 + 1, now()), None);
    }

    #[test]
    fn waits_of_long_ago_and_of_the_future_say_nothing() {
        let mut pace = Pace::default();
        (0..5).for_each(|_| pace.add(now() - Duration::days(91), 60));
        (0..5).for_each(|_| pace.add(now() + Duration::minutes(1), 60));
        assert_eq!(pace.estimate(0, now()), None);
    }

    #[test]
    fn only_the_newest_waits_are_remembered() {
        let pace = pace(&[[90; 50].as_slice(), &[1; 40]].concat());
        assert_eq!(pace.estimate(0, now()).map(|estimate| (estimate.minutes, estimate.from_visits)), Some((1, 40)));
    }
}
