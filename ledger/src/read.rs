//! Reading the log: streams, ranges of positions, and what follows the head as it grows.

use std::ops::Range;

use futures::{Stream as Flow, StreamExt, stream};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::event::Recorded;
use crate::format::{Hash, Stream};
use crate::rows::{COLUMNS, hash, kind, number, recorded};
use crate::wakeups::{POLL, Wakeups};

/// Events fetched by one query of a reader that follows the log.
pub(crate) const PAGE: u64 = 2_000;

/// Events of one stream after `after` (0: from the first), in order.
pub(crate) async fn stream(
    pool: &PgPool,
    clinic: Uuid,
    stream: &Stream,
    after: u64,
) -> Result<Vec<Recorded>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger.events
         WHERE stream_id = $3 AND sequence > $4 AND (stream_type = $2 AND clinic_id = $1) IS TRUE ORDER BY sequence"
    );
    let rows =
        sqlx::query(&sql).bind(clinic).bind(&*stream.kind).bind(stream.id).bind(after as i64).fetch_all(pool).await?;
    rows.iter().map(recorded).collect()
}

/// At most `limit` events of one stream that lie within these positions of the clinic's log, in order.
pub(crate) async fn stream_within(
    pool: &PgPool,
    clinic: Uuid,
    stream: &Stream,
    positions: Range<u64>,
    limit: u64,
) -> Result<Vec<Recorded>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger.events WHERE stream_id = $3 AND position >= $4 AND position < $5
         AND (stream_type = $2 AND clinic_id = $1) IS TRUE ORDER BY sequence LIMIT $6"
    );
    let [first, end, limit] =
        [positions.start, positions.end, limit].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let query = sqlx::query(&sql).bind(clinic).bind(&*stream.kind).bind(stream.id).bind(first).bind(end).bind(limit);
    query.fetch_all(pool).await?.iter().map(recorded).collect()
}

/// What a decision needs of an event: not who recorded it and when, nor what is sealed in it. A visit can have thousands.
#[derive(Debug)]
pub(crate) struct Happened {
    pub sequence: u64,
    pub hash: Hash,
    pub event_type: String,
    pub event_version: String,
    pub payload: Vec<u8>,
}

/// All events of many streams in one query, ordered by stream and sequence.
pub(crate) async fn streams(pool: &PgPool, keys: &[(Uuid, Stream)]) -> Result<Vec<Recorded>, sqlx::Error> {
    many(pool, keys, COLUMNS).await?.iter().map(recorded).collect()
}

/// The same as far as a decision needs them, each with its clinic and stream.
pub(crate) async fn histories(
    pool: &PgPool,
    keys: &[(Uuid, Stream)],
) -> Result<Vec<((Uuid, Stream), Happened)>, sqlx::Error> {
    const NEEDED: &str = "clinic_id, stream_type, stream_id, sequence, hash, event_type, event_version, payload";
    let happened = |row: &PgRow| {
        let key = (row.try_get(0)?, Stream { kind: kind(row.try_get(1)?), id: row.try_get(2)? });
        let happened = Happened {
            sequence: number(row, 3)?,
            hash: hash(row, 4)?,
            event_type: row.try_get(5)?,
            event_version: row.try_get(6)?,
            payload: row.try_get(7)?,
        };
        Ok((key, happened))
    };
    many(pool, keys, NEEDED).await?.iter().map(happened).collect()
}

/// These columns of all events of many streams.
///
/// Here and in [`stream`] the planner is only offered the stream's id to search by: it keeps the plan it makes first, and
/// while the log is small an index over the whole clinic looks as good to it.
async fn many(pool: &PgPool, keys: &[(Uuid, Stream)], columns: &'static str) -> Result<Vec<PgRow>, sqlx::Error> {
    let sql = format!(
        "SELECT found.* FROM UNNEST($1::uuid[], $2::text[], $3::uuid[]) AS key (clinic, kind, id)
         CROSS JOIN LATERAL (
             SELECT {columns} FROM ledger.events
             WHERE stream_id = key.id AND (stream_type = key.kind AND clinic_id = key.clinic) IS TRUE
             ORDER BY sequence) AS found
         ORDER BY stream_id, stream_type, clinic_id, sequence"
    );
    sqlx::query(&sql)
        .bind(keys.iter().map(|(clinic, _)| *clinic).collect::<Vec<_>>())
        .bind(keys.iter().map(|(_, stream)| &*stream.kind).collect::<Vec<_>>())
        .bind(keys.iter().map(|(_, stream)| stream.id).collect::<Vec<_>>())
        .fetch_all(pool)
        .await
}

/// Events of one type in these streams of one kind, in the order of the log.
pub(crate) async fn of_type(
    pool: &PgPool,
    clinic: Uuid,
    kind: &str,
    ids: &[Uuid],
    event_type: &str,
) -> Result<Vec<Recorded>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger.events WHERE stream_id = ANY($3)
         AND (stream_type = $2 AND clinic_id = $1 AND event_type = $4) IS TRUE ORDER BY position"
    );
    let rows = sqlx::query(&sql).bind(clinic).bind(kind).bind(ids).bind(event_type).fetch_all(pool).await?;
    rows.iter().map(recorded).collect()
}

/// Events of these types within these positions, in the order of the log, of streams of whatever kind.
pub(crate) async fn of_types(
    pool: &PgPool,
    clinic: Uuid,
    types: &[&str],
    positions: Range<u64>,
) -> Result<Vec<Recorded>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger.events WHERE clinic_id = $1 AND position >= $3 AND position < $4
         AND (event_type = ANY($2)) IS TRUE ORDER BY position"
    );
    let (first, end) = (positions.start as i64, positions.end as i64);
    let query = sqlx::query(&sql).bind(clinic).bind(types).bind(first).bind(end);
    query.fetch_all(pool).await?.iter().map(recorded).collect()
}

/// The keys under which something is sealed within these positions, and the patients with something sealed in their own
/// stream there.
pub(crate) async fn sealed_under(
    pool: &PgPool,
    clinic: Uuid,
    positions: Range<u64>,
) -> Result<(Vec<Uuid>, Vec<Uuid>), sqlx::Error> {
    const WITHIN: &str = "FROM ledger.events WHERE clinic_id = $1 AND position >= $2 AND position < $3";
    // Where a sealed value names its key (ledger.md, section 7); an event with nothing sealed has no byte of it.
    let keys = format!(
        "SELECT DISTINCT encode(substring(sealed FROM 2 FOR 16), 'hex')::uuid {WITHIN} AND length(sealed) > 16"
    );
    let patients = format!("SELECT DISTINCT stream_id {WITHIN} AND length(sealed) > 0 AND stream_type = 'patient'");
    let ids = async |sql: String| {
        let (first, end) = (positions.start as i64, positions.end as i64);
        sqlx::query_scalar(&sql).bind(clinic).bind(first).bind(end).fetch_all(pool).await
    };
    Ok((ids(keys).await?, ids(patients).await?))
}

/// The first position with an event at or after this one.
pub(crate) async fn position_from(pool: &PgPool, clinic: Uuid, from: u64) -> Result<Option<u64>, sqlx::Error> {
    let row = sqlx::query("SELECT min(position) FROM ledger.events WHERE clinic_id = $1 AND position >= $2")
        .bind(clinic)
        .bind(from as i64)
        .fetch_one(pool)
        .await?;
    Ok(row.try_get::<Option<i64>, _>(0)?.and_then(|position| u64::try_from(position).ok()))
}

/// Events `from..to` of a clinic's log by position, at most `limit`.
pub(crate) async fn range(pool: &PgPool, clinic: Uuid, from: u64, limit: u64) -> Result<Vec<Recorded>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger.events WHERE clinic_id = $1 AND position >= $2 AND position < $3 ORDER BY position"
    );
    let rows = sqlx::query(&sql)
        .bind(clinic)
        .bind(from as i64)
        .bind(from.saturating_add(limit) as i64)
        .fetch_all(pool)
        .await?;
    rows.iter().map(recorded).collect()
}

/// Events at given positions, in order of position.
pub(crate) async fn at(pool: &PgPool, clinic: Uuid, positions: &[u64]) -> Result<Vec<Recorded>, sqlx::Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM ledger.events WHERE clinic_id = $1 AND position = ANY($2) ORDER BY position");
    let positions: Vec<i64> = positions.iter().map(|position| *position as i64).collect();
    let rows = sqlx::query(&sql).bind(clinic).bind(positions).fetch_all(pool).await?;
    rows.iter().map(recorded).collect()
}

/// The log from a position on, for ever: first what is there, then what comes, in pages, without a gap between the two.
/// It registers for wake-ups before it looks, and always reads by position, so nothing can fall between.
pub(crate) fn follow(
    pool: PgPool,
    wakeups: Wakeups,
    clinic: Uuid,
    from: u64,
) -> impl Flow<Item = Result<Vec<Recorded>, sqlx::Error>> + Send {
    let woken = wakeups.of(clinic);
    stream::unfold((pool, woken, from), move |(pool, mut woken, from)| async move {
        loop {
            woken.borrow_and_update();
            match range(&pool, clinic, from, PAGE).await {
                Ok(events) if events.is_empty() => {
                    // Elapsed and closed are alike: look again.
                    let _ = tokio::time::timeout(POLL, woken.changed()).await;
                }
                Ok(events) => {
                    let next = from + events.len() as u64;
                    return Some((Ok(events), (pool, woken, next)));
                }
                Err(error) => {
                    tokio::time::sleep(POLL).await;
                    return Some((Err(error), (pool, woken, from)));
                }
            }
        }
    })
    .boxed()
}
