//! The moment a visit is told up to.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use daybook_ledger::Recorded;
use serde::Deserialize;

use super::error::ReplayError;

/// A time, or an event of the visit by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Moment {
    Time(DateTime<Utc>),
    Sequence(u64),
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(sequence) = text.parse().ok().filter(|sequence| *sequence > 0) {
            return Ok(Moment::Sequence(sequence));
        }
        DateTime::parse_from_rfc3339(text)
            .map(|at| Moment::Time(at.to_utc()))
            .map_err(|_| "neither a time such as 2026-03-02T10:00:00Z nor the number of an event, from 1 on")
    }
}

impl TryFrom<String> for Moment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// How many of these acts had happened. Refuses a moment at which there was nothing to tell, or that never was: an
/// answer for another moment than the one asked for would be a wrong answer.
pub(super) fn happened(acts: &[Recorded], moment: Option<Moment>) -> Result<usize, ReplayError> {
    match moment {
        None => Ok(acts.len()),
        Some(Moment::Sequence(sequence)) => match acts.iter().position(|act| act.sequence == sequence) {
            Some(index) => Ok(index + 1),
            None => Err(ReplayError::NoEvent { sequence, events: acts.len() }),
        },
        Some(Moment::Time(at)) => match acts.iter().take_while(|act| act.recorded_at <= at).count() {
            0 => Err(ReplayError::NotYet(at)),
            count => Ok(count),
        },
    }
}

/// Whether a read belongs to what is told: it happened by that time, or before the first act that is not told.
pub(super) fn includes(moment: Option<Moment>, last_act: &Recorded, read: &Recorded) -> bool {
    match moment {
        None => true,
        Some(Moment::Time(at)) => read.recorded_at <= at,
        Some(Moment::Sequence(_)) => read.position <= last_act.position,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_a_number() {
        let parsed = |text: &str| text.parse::<Moment>();
        assert_eq!(parsed("7"), Ok(Moment::Sequence(7)));
        let at = DateTime::from_timestamp(1_772_445_600, 0).unwrap();
        assert_eq!(parsed("2026-03-02T10:00:00Z"), Ok(Moment::Time(at)));
        assert_eq!(parsed("2026-03-02T04:00:00-06:00"), Ok(Moment::Time(at)));
        for wrong in ["", "0", "-1", "yesterday", "2026-03-02"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
