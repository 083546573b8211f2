//! Which calendars a booking stands in. A calendar's day is the one in UTC: which instants share a stream is bookkeeping,
//! and must not change when a clinic moves its clocks. A booking across midnight stands in both days, so whatever overlaps
//! meets in one stream at least.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use crate::ProviderId;

/// No booking is longer, so none touches more than two days.
const LONGEST_MINUTES: u16 = 24 * 60;

/// The days a booking touches, in order: one, or two across midnight.
pub fn days(starts_at: DateTime<Utc>, duration_minutes: u16) -> Vec<NaiveDate> {
    let length = Duration::minutes(duration_minutes.clamp(1, LONGEST_MINUTES).into());
    let last = starts_at.checked_add_signed(length - Duration::nanoseconds(1)).unwrap_or(starts_at);
    let mut days = vec![starts_at.date_naive(), last.date_naive()];
    days.dedup();
    days
}

/// The id of a provider's calendar of a day: the same whoever asks, so that two bookings meet there.
pub fn id(provider: ProviderId, day: NaiveDate) -> Uuid {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    hasher.update(b"daybook calendar");
    hasher.update(provider.0.as_bytes());
    hasher.update(day.to_string().as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_booking_stands_in_every_day_it_touches() {
        let days = |start, minutes| days(at(start), minutes).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(days("2026-03-02T10:00:00Z", 20), ["2026-03-02"]);
        assert_eq!(days("2026-03-02T23:50:00Z", 20), ["2026-03-02", "2026-03-03"]);
        // Over at midnight sharp: the next day has nothing of it.
        assert_eq!(days("2026-03-02T23:40:00Z", 20), ["2026-03-02"]);
        assert_eq!(days("2026-03-02T10:00:00Z", u16::MAX).len(), 2);
        assert_eq!(super::days(DateTime::<Utc>::MAX_UTC, 20).len(), 1);
    }

    #[test]
    fn every_provider_has_a_calendar_for_every_day() {
        let (monday, tuesday) = ("2026-03-02".parse().unwrap(), "2026-03-03".parse().unwrap());
        let of = |provider, day| id(given::id(provider), day);
        assert_eq!(of(2, monday), of(2, monday));
        assert_ne!(of(2, monday), of(2, tuesday));
        assert_ne!(of(2, monday), of(3, monday));
    }
}
