//! How long a provider's patients wait, measured from waits that came to their end. An estimate is one of these, or there
//! is none.

use chrono::{DateTime, Days, Utc};
use daybook_domain::ProviderId;
use daybook_domain::visit::{LEAST_MEASURED, Told};
use serde::{Deserialize, Serialize};

/// The newest waits of a provider that say how long the next one is: so many.
pub(super) const REMEMBERED: usize = 40;
/// How far back a wait says something about today.
const RECENT_DAYS: u64 = 90;

/// A wait that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wait {
    /// Who admitted the patient.
    pub provider: ProviderId,
    pub ended: DateTime<Utc>,
    /// From check-in.
    pub seconds: u64,
}

/// The newest waits of one provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace(Vec<Wait>);

/// How much longer a patient is likely to wait, and what says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// Minutes from now by the 80th percentile, rounded up.
    pub minutes: u32,
    /// Half of the measured waits took no longer than so many minutes, from check-in, rounded up.
    pub p50_wait_minutes: u32,
    /// Eight in ten took no longer than so many.
    pub p80_wait_minutes: u32,
    /// How many completed waits of this provider it was measured from.
    pub from_visits: u32,
}

impl Pace {
    /// One more, which ended before those that are there. Of more than are remembered nothing is kept.
    pub fn add(&mut self, wait: Wait) {
        if self.0.len() < REMEMBERED {
            self.0.push(wait);
        }
    }

    /// What is told of this provider's waits: both percentiles, or neither where too few are known. Does not depend on who
    /// asks, so that it changes only when another wait was measured or an old one is forgotten.
    pub fn told(&self, as_of: DateTime<Utc>) -> Told {
        let waits = self.recent(as_of);
        let from_visits = waits.len() as u32;
        if from_visits < LEAST_MEASURED {
            return Told { p50_minutes: None, p80_minutes: None, from_visits };
        }
        let minutes = |percent| minutes(percentile(&waits, percent));
        Told { p50_minutes: Some(minutes(50)), p80_minutes: Some(minutes(80)), from_visits }
    }

    /// For a patient who has waited so long; `None` where too few waits are known, or where this one has already taken
    /// longer than the estimate.
    pub fn estimate(&self, waited: u64, as_of: DateTime<Utc>) -> Option<Estimate> {
        let Told { p50_minutes: Some(p50_wait_minutes), p80_minutes: Some(p80_wait_minutes), from_visits } =
            self.told(as_of)
        else {
            return None;
        };
        let remaining = percentile(&self.recent(as_of), 80).checked_sub(waited)?;
        Some(Estimate { minutes: minutes(remaining), p50_wait_minutes, p80_wait_minutes, from_visits })
    }

    /// Seconds of the waits that say something about this moment, the shortest first.
    fn recent(&self, as_of: DateTime<Utc>) -> Vec<u64> {
        let Some(oldest) = as_of.checked_sub_days(Days::new(RECENT_DAYS)) else { return Vec::new() };
        let recent = self.0.iter().filter(|wait| (oldest..=as_of).contains(&wait.ended));
        let mut waits: Vec<u64> = recent.map(|wait| wait.seconds).collect();
        waits.sort_unstable();
        waits
    }
}

/// The least of the waits, which are in order and not none, that so many in a hundred did not exceed.
fn percentile(waits: &[u64], percent: usize) -> u64 {
    waits[(waits.len() * percent).div_ceil(100) - 1]
}

fn minutes(seconds: u64) -> u32 {
    u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone};
    use uuid::Uuid;

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 2, 10, 0, 0).unwrap()
    }

    fn pace(minutes: &[u64]) -> Pace {
        let mut pace = Pace::default();
        minutes.iter().for_each(|minutes| pace.add(wait(now() - Duration::days(1), minutes * 60)));
        pace
    }

    fn wait(ended: DateTime<Utc>, seconds: u64) -> Wait {
        Wait { provider: ProviderId(Uuid::nil()), ended, seconds }
    }

    #[test]
    fn seven_waits_say_nothing_and_eight_do() {
        let seven = pace(&[5; 7]);
        assert_eq!(seven.estimate(0, now()), None);
        assert_eq!(seven.told(now()), Told { p50_minutes: None, p80_minutes: None, from_visits: 7 });
        let eight = pace(&[1, 2, 3, 4, 5, 6, 10, 30]);
        let estimate = Estimate { minutes: 10, p50_wait_minutes: 4, p80_wait_minutes: 10, from_visits: 8 };
        assert_eq!(eight.estimate(0, now()), Some(estimate));
        assert_eq!(eight.told(now()), Told { p50_minutes: Some(4), p80_minutes: Some(10), from_visits: 8 });
    }

    #[test]
    fn what_was_waited_counts_and_a_wait_beyond_every_estimate_gets_none() {
        let pace = pace(&[10; 8]);
        assert_eq!(pace.estimate(7 * 60 + 30, now()).map(|estimate| estimate.minutes), Some(3));
        assert_eq!(pace.estimate(10 * 60, now()).map(|estimate| estimate.minutes), Some(0));
        assert_eq!(pace.estimate(10 * 60 + 1, now()), None);
    }

    #[test]
    fn waits_of_long_ago_and_of_the_future_say_nothing() {
        let mut pace = Pace::default();
        (0..8).for_each(|_| pace.add(wait(now() - Duration::days(91), 60)));
        (0..8).for_each(|_| pace.add(wait(now() + Duration::minutes(1), 60)));
        assert_eq!(pace.estimate(0, now()), None);
    }

    #[test]
    fn only_the_newest_waits_are_remembered() {
        let pace = pace(&[[1; 40].as_slice(), &[90; 50]].concat());
        assert_eq!(pace.estimate(0, now()).map(|estimate| (estimate.minutes, estimate.from_visits)), Some((1, 40)));
    }
}
