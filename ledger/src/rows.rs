//! Reading rows of `ledger.events`, in one place.

use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::event::Recorded;
use crate::format::{Hash, Stream};

/// The columns every reader of events selects, in the order `recorded` expects.
pub(crate) const COLUMNS: &str = "clinic_id, position, stream_type, stream_id, sequence, event_id, event_type, event_version, \
                                  recorded_at, prev_hash, hash, metadata, payload, sealed";

/// An event from a row with `COLUMNS`. The trigger-guarded table holds no negative numbers and no short hashes unless
/// someone went around it: that is an error to the reader, and a finding to `verify`.
pub(crate) fn recorded(row: &PgRow) -> Result<Recorded, Error> {
    Ok(Recorded {
        clinic: row.try_get(0)?,
        position: number(row, 1)?,
        stream: Stream { kind: kind(row.try_get(2)?), id: row.try_get(3)? },
        sequence: number(row, 4)?,
        event_id: row.try_get(5)?,
        event_type: row.try_get(6)?,
        event_version: row.try_get(7)?,
        recorded_at: row.try_get(8)?,
        prev_hash: hash(row, 9)?,
        hash: hash(row, 10)?,
        metadata: row.try_get(11)?,
        payload: row.try_get(12)?,
        sealed: row.try_get(13)?,
    })
}

/// The stream types Daybook writes, without an allocation each.
pub(crate) fn kind(text: &str) -> std::borrow::Cow<'static, str> {
    const KNOWN: [&str; 10] = [
        "visit",
        "access",
        "calendar",
        "patient",
        "provider",
        "clinic",
        "session",
        "history",
        "session-access",
        "access-review",
    ];
    match KNOWN.iter().find(|known| **known == text) {
        Some(known) => (*known).into(),
        None => text.to_owned().into(),
    }
}

/// A column that must not be negative.
pub(crate) fn number(row: &PgRow, column: usize) -> Result<u64, Error> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|error| Error::Decode(error.into()))
}

/// A column that must be 32 bytes.
pub(crate) fn hash(row: &PgRow, column: usize) -> Result<Hash, Error> {
    row.try_get::<&[u8], _>(column)?.try_into().map_err(|_| Error::Decode("a hash has 32 bytes".into()))
}
