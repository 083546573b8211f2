//! Bounds how many denials of one principal are recorded, so that nobody can fill a clinic's log by knocking.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use daybook_domain::ClinicId;

use crate::Principal;

/// Denials recorded of one principal within a minute.
const A_MINUTE: u32 = 20;
/// Principals remembered. Beyond it whoever has been quiet for a minute is forgotten, then everybody.
const PRINCIPALS: usize = 10_000;

/// What to do about one denial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recording {
    /// Record it, and say how many before it were not.
    Record { unrecorded: u32 },
    /// The bound is reached: count it, and let the first denial after this minute tell.
    Count,
}

struct Window {
    began: DateTime<Utc>,
    recorded: u32,
    unrecorded: u32,
}

/// Counts denials per principal. In memory: a restart forgets the counts, never a recorded fact.
#[derive(Default)]
pub(crate) struct Denials(Mutex<HashMap<(ClinicId, String), Window>>);

impl Denials {
    pub(crate) fn note(&self, principal: &Principal, now: DateTime<Utc>) -> Recording {
        let over = |window: &Window| now.signed_duration_since(window.began) >= TimeDelta::minutes(1);
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (principal.clinic, principal.subject.clone());
        if windows.len() >= PRINCIPALS && !windows.contains_key(&key) {
            windows.retain(|_, window| !over(window));
            if windows.len() >= PRINCIPALS {
                windows.clear();
            }
        }
        let window = windows.entry(key).or_insert(Window { began: now, recorded: 0, unrecorded: 0 });
        let mut unrecorded = 0;
        if over(window) {
            unrecorded = window.unrecorded;
            *window = Window { began: now, recorded: 0, unrecorded: 0 };
        }
        if window.recorded >= A_MINUTE {
            window.unrecorded += 1;
            return Recording::Count;
        }
        window.recorded += 1;
        Recording::Record { unrecorded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_bound_denials_are_counted_and_told_when_the_minute_is_over() {
        let (denials, clinic) = (Denials::default(), ClinicId(uuid::Uuid::from_u128(1)));
        let knocking = Principal::system("knocking", clinic);
        let now = DateTime::UNIX_EPOCH;
        for _ in 0..A_MINUTE {
            assert_eq!(denials.note(&knocking, now), Recording::Record { unrecorded: 0 });
        }
        for second in [0, 1, 59] {
            assert_eq!(denials.note(&knocking, now + TimeDelta::seconds(second)), Recording::Count);
        }
        assert_eq!(denials.note(&Principal::system("other", clinic), now), Recording::Record { unrecorded: 0 });
        let later = now + TimeDelta::minutes(1);
        assert_eq!(denials.note(&knocking, later), Recording::Record { unrecorded: 3 });
        assert_eq!(denials.note(&knocking, later), Recording::Record { unrecorded: 0 });
    }
}
