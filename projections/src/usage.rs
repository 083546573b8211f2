//! Usage: how long people were connected to calls, as whoever rents out the video bills it: every connection of every
//! participant by itself, so that a patient with two devices counts twice. A row is one connection.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveTime, Utc};
use daybook_domain::visit::{Event, Participant};
use daybook_domain::{Code, ParticipantId, Sha256Hex};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Seen, VISIT};
use crate::store;
use crate::views::Views;

/// Kind of the rows.
const CONNECTION: &str = "connection";
/// A connection that ended within [`SHORT_HOURS`] after it began is found by its beginning alone.
const SHORT: &str = "short";
/// One that took longer, or has not been seen to end, is always looked at.
const LONG: &str = "long";
const SHORT_HOURS: i64 = 48;

/// Usage from one day to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Usage {
    /// Position of the newest event in it.
    pub position: u64,
    /// First day, in UTC.
    pub from: NaiveDate,
    /// Last day, in UTC.
    pub to: NaiveDate,
    /// The moment to which connections were counted whose end was not seen.
    pub counted_to: DateTime<Utc>,
    /// Connections in it whose end was not seen.
    pub open_connections: u64,
    /// Connections that were seen to end and never to begin: nothing is counted for them.
    pub without_beginning: u64,
    /// By calendar month in UTC, as far as there was any.
    pub months: Vec<MonthUsage>,
}

/// Usage in one calendar month, or the part of it that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MonthUsage {
    /// As `2026-03`.
    pub month: String,
    /// Connections that were there in it.
    pub connections: u64,
    /// Seconds of all connections together.
    pub seconds: u64,
    /// Minutes of all connections together, each begun minute of each connection whole.
    pub begun_minutes: u64,
    /// Seconds by kind of participant.
    pub seconds_by_participant: BTreeMap<String, u64>,
}

/// One connection of one participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Connection {
    visit_id: Uuid,
    participant: Participant,
    joined_at: Option<DateTime<Utc>>,
    left_at: Option<DateTime<Utc>>,
}

pub(crate) struct Usages;

impl Projection for Usages {
    const VIEW: View = View::Usage;
    const VERSION: u32 = 3;
    const INDEXES: &'static [&'static str] = &["(clinic_id, tag, at)"];
    const STREAMS: &'static [&'static str] = &[VISIT];
    const KINDS: &'static [&'static str] = &[CONNECTION];
    type Row = Connection;

    fn keys(seen: &Seen) -> Vec<Key> {
        observed(seen).map(|(key, ..)| key).into_iter().collect()
    }

    fn fold(rows: &mut Rows<Connection>, seen: &Seen) {
        let Some((key, participant, joined_at, left_at)) = observed(seen) else { return };
        let visit_id = seen.recorded.stream.id;
        let before =
            rows.get(key).cloned().unwrap_or(Connection { visit_id, participant, joined_at: None, left_at: None });
        // Seen twice, the earlier observation is nearer to the truth, of a beginning as of an end.
        let earlier = |a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>| [a, b].into_iter().flatten().min();
        let row = Connection {
            joined_at: earlier(before.joined_at, joined_at),
            left_at: earlier(before.left_at, left_at),
            ..before
        };
        rows.set(key, seen.position(), row);
    }

    fn columns(row: &Connection) -> Columns {
        let is_short = match (row.joined_at, row.left_at) {
            (Some(joined), Some(left)) => left - joined < Duration::hours(SHORT_HOURS),
            (None, Some(_)) => true,
            _ => false,
        };
        let tag = if is_short { SHORT } else { LONG };
        Columns { owner: Some(row.visit_id), tag: Some(tag), at: row.joined_at.or(row.left_at) }
    }
}

type Observed = (Key, Participant, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// The connection an event is about, and what was seen of it.
fn observed(seen: &Seen) -> Option<Observed> {
    let (who, connection, joined, left) = match seen.visit()? {
        Event::ParticipantJoined(joined) => {
            ((joined.participant, joined.participant_id), &joined.connection, Some(joined.observed_at), None)
        }
        Event::ParticipantLeft(left) => {
            ((left.participant, left.participant_id), &left.connection, None, Some(left.observed_at))
        }
        _ => return None,
    };
    Some((Key { kind: CONNECTION, id: connection_id(seen.recorded.stream.id, who, connection) }, who.0, joined, left))
}

/// A row's id, made of what names a connection: rooms name one only within a visit.
fn connection_id(visit: Uuid, who: (Participant, Option<ParticipantId>), connection: &Code) -> Uuid {
    let who = serde_json::to_string(&who).unwrap_or_default();
    let hash = Sha256Hex::of(&[visit.as_bytes(), who.as_bytes(), &[0], connection.as_str().as_bytes()]);
    Uuid::parse_str(&hash.as_str()[..32]).unwrap_or_default()
}

impl Usage {
    /// Counts connections from one day to another (both included), those that are still open to `counted_to`.
    fn count(from: NaiveDate, to: NaiveDate, counted_to: DateTime<Utc>, found: &[Connection]) -> Self {
        let (begin, end) = (midnight(from), midnight(to) + Duration::days(1));
        let mut usage =
            Self { position: 0, from, to, counted_to, open_connections: 0, without_beginning: 0, months: Vec::new() };
        let mut months: BTreeMap<NaiveDate, MonthUsage> = BTreeMap::new();
        for connection in found {
            let Some(joined) = connection.joined_at else {
                let ended_in_it = connection.left_at.is_some_and(|left| begin <= left && left < end);
                usage.without_beginning += u64::from(ended_in_it);
                continue;
            };
            let until = connection.left_at.unwrap_or(counted_to);
            let (mut start, stop) = (joined.max(begin), until.min(end));
            if connection.left_at.is_none() && joined < end {
                usage.open_connections += 1;
            }
            while start < stop {
                let month = first_of_month(start);
                let next = midnight(month + Months::new(1));
                months.entry(month).or_default().add(connection.participant, stop.min(next) - start);
                start = next;
            }
        }
        usage.months = months
            .into_iter()
            .map(|(month, counted)| MonthUsage { month: month.format("%Y-%m").to_string(), ..counted })
            .collect();
        usage
    }
}

impl MonthUsage {
    fn add(&mut self, participant: Participant, time: Duration) {
        let seconds = u64::try_from(time.num_seconds()).unwrap_or_default();
        self.connections += 1;
        self.seconds += seconds;
        self.begun_minutes += u64::try_from((time + Duration::milliseconds(59_999)).num_minutes()).unwrap_or_default();
        let who = serde_json::to_value(participant).ok().and_then(|who| who.as_str().map(str::to_owned));
        *self.seconds_by_participant.entry(who.unwrap_or_default()).or_default() += seconds;
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

fn first_of_month(at: DateTime<Utc>) -> NaiveDate {
    let day = at.date_naive();
    day.with_day(1).unwrap_or(day)
}

impl Views {
    /// How long people were connected from one day to another, both included and in UTC; connections that are still open
    /// are counted to `counted_to`.
    pub async fn usage(
        &self,
        clinic: Uuid,
        from: NaiveDate,
        to: NaiveDate,
        counted_to: DateTime<Utc>,
    ) -> Result<Usage, Error> {
        let filter = "kind = 'connection' AND at < $3 AND (tag = 'long' OR tag = 'short' AND at >= $2)";
        let (earliest, end) = (midnight(from) - Duration::hours(SHORT_HOURS), midnight(to) + Duration::days(1));
        let (next, found) = store::read::<Connection>(&self.pool, View::Usage, clinic, filter, "at, id", |q| {
            q.bind(earliest).bind(end)
        })
        .await?;
        let connections: Vec<Connection> = found.into_iter().map(|found| found.row).collect();
        Ok(Usage { position: next.saturating_sub(1), ..Usage::count(from, to, counted_to, &connections) })
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::visit::{LeaveReason, ParticipantJoined, ParticipantLeft};

    use super::*;
    use crate::told::{self, Told};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn joined(participant: Participant, connection: &str, observed_at: &str) -> ParticipantJoined {
        ParticipantJoined {
            participant,
            participant_id: None,
            connection: connection.try_into().unwrap(),
            observed_at: at(observed_at),
        }
    }

    fn left(participant: Participant, connection: &str, observed_at: &str) -> ParticipantLeft {
        let (connection, reason) = (connection.try_into().unwrap(), LeaveReason::HungUp);
        ParticipantLeft { participant, participant_id: None, connection, reason, observed_at: at(observed_at) }
    }

    fn usage(told: &Told, from: &str, to: &str, counted_to: &str) -> Usage {
        let rows: Vec<_> = told.rows::<Connection>(View::Usage).into_iter().map(|(_, _, row)| row).collect();
        Usage::count(from.parse().unwrap(), to.parse().unwrap(), at(counted_to), &rows)
    }

    fn march(told: &Told) -> MonthUsage {
        usage(told, "2026-03-01", "2026-03-31", "2026-03-31T23:00:00Z").months.pop().unwrap_or_default()
    }

    const PATIENT: Participant = Participant::Patient;
    const PROVIDER: Participant = Participant::Provider;

    fn scheduled() -> Told {
        Told::default().visit(9, told::scheduled(told::PROVIDER, 0))
    }

    #[test]
    fn every_connection_of_every_participant_counts_by_itself() {
        let told = scheduled()
            .visit(9, joined(PATIENT, "phone", "2026-03-02T10:00:00Z"))
            .visit(9, joined(PATIENT, "laptop", "2026-03-02T10:05:00Z"))
            .visit(9, joined(PROVIDER, "p", "2026-03-02T10:05:00Z"))
            .visit(9, left(PATIENT, "phone", "2026-03-02T10:10:00Z"))
            .visit(9, left(PATIENT, "laptop", "2026-03-02T10:20:30Z"))
            .visit(9, left(PROVIDER, "p", "2026-03-02T10:20:00Z"));
        let march = march(&told);
        assert_eq!((march.month.as_str(), march.connections), ("2026-03", 3));
        assert_eq!(march.seconds, (10 * 60) + (15 * 60 + 30) + (15 * 60));
        assert_eq!(march.begun_minutes, 10 + 16 + 15, "each begun minute is whole");
        assert_eq!(march.seconds_by_participant["patient"], 25 * 60 + 30);
        assert_eq!(march.seconds_by_participant["provider"], 15 * 60);
    }

    #[test]
    fn an_observation_that_comes_twice_or_too_early_changes_nothing() {
        let told = scheduled()
            .visit(9, left(PATIENT, "a", "2026-03-02T10:10:00Z"))
            .visit(9, joined(PATIENT, "a", "2026-03-02T10:00:00Z"))
            .visit(9, joined(PATIENT, "a", "2026-03-02T10:01:00Z"))
            .visit(9, left(PATIENT, "a", "2026-03-02T10:30:00Z"));
        assert_eq!((march(&told).connections, march(&told).seconds), (1, 600));
    }

    #[test]
    fn two_visits_may_name_their_connections_alike() {
        let told = scheduled()
            .visit(8, told::scheduled(told::PROVIDER, 0))
            .visit(8, joined(PATIENT, "a", "2026-03-02T10:00:00Z"))
            .visit(9, joined(PATIENT, "a", "2026-03-02T10:00:00Z"))
            .visit(8, left(PATIENT, "a", "2026-03-02T10:01:00Z"))
            .visit(9, left(PATIENT, "a", "2026-03-02T10:01:00Z"));
        assert_eq!((march(&told).connections, march(&told).seconds), (2, 120));
    }

    #[test]
    fn a_connection_over_midnight_belongs_to_both_months_and_only_what_was_asked_for_counts() {
        let told = scheduled()
            .visit(9, joined(PATIENT, "a", "2026-03-31T23:50:00Z"))
            .visit(9, left(PATIENT, "a", "2026-04-01T00:20:00Z"));
        let both = usage(&told, "2026-03-01", "2026-04-30", "2026-05-01T00:00:00Z").months;
        let split: Vec<_> = both.iter().map(|month| (month.month.as_str(), month.seconds)).collect();
        assert_eq!(split, [("2026-03", 600), ("2026-04", 1_200)]);
        let april = usage(&told, "2026-04-01", "2026-04-01", "2026-05-01T00:00:00Z").months;
        assert_eq!((april.len(), april[0].seconds), (1, 1_200));
        assert!(usage(&told, "2026-04-02", "2026-04-30", "2026-05-01T00:00:00Z").months.is_empty());
    }

    #[test]
    fn what_is_still_open_counts_to_the_moment_stated_and_what_never_began_counts_nothing() {
        let told = scheduled()
            .visit(9, joined(PATIENT, "a", "2026-03-02T10:00:00Z"))
            .visit(9, left(PROVIDER, "b", "2026-03-02T10:10:00Z"));
        let usage = usage(&told, "2026-03-02", "2026-03-02", "2026-03-02T10:07:00Z");
        assert_eq!((usage.open_connections, usage.without_beginning), (1, 1));
        assert_eq!(usage.months[0].seconds, 7 * 60);
    }
}
