//! The rows of a pass on their way into tables that had none of them: by `COPY`, which costs the database a fraction of what
//! a statement over arrays does. The format is Postgres' binary one (its manual: `COPY`, Binary Format).

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::build::Build;
use crate::error::Error;
use crate::projection::{Key, Stored};
use crate::store::OPEN;

/// The signature, no flags, no further header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const FIELDS: i16 = 10;
/// Instead of a further row's number of fields.
const END: i16 = -1;
/// Instead of the length of a field.
const NULL: i32 = -1;
/// 2000-01-01, from which Postgres counts microseconds.
const EPOCH: DateTime<Utc> = DateTime::from_timestamp_nanos(946_684_800_000_000_000);

/// Rows of one build, ready to be sent.
pub(crate) struct Copied {
    build: Build,
    /// Rows whose newest state was stored before and is another now.
    replaced: Vec<Key>,
    bytes: Vec<u8>,
}

impl Copied {
    pub fn new(clinic: Uuid, build: Build, rows: &[Stored]) -> Result<Self, Error> {
        let replaced = rows.iter().filter(|row| row.replaces).map(|row| row.key).collect();
        let mut bytes = HEADER.to_vec();
        for row in rows {
            append(&mut bytes, clinic, build.generation, row).ok_or_else(|| Error::Row {
                view: build.view.name(),
                problem: format!("Postgres has no such time as that of {} {}", row.key.kind, row.key.id),
            })?;
        }
        bytes.extend(END.to_be_bytes());
        Ok(Self { build, replaced, bytes })
    }

    /// Stores them. What they replace goes first.
    pub async fn store(self, connection: &mut PgConnection, clinic: Uuid) -> Result<(), sqlx::Error> {
        let (table, generation) = (self.build.table(), self.build.generation);
        if !self.replaced.is_empty() {
            // Each is looked up by its key, as in `store::load`: the planner knows nothing of a table that was just filled.
            let sql = format!(
                "DELETE FROM {table} WHERE ctid = ANY(ARRAY(
                     SELECT r.ctid FROM UNNEST($2::text[], $3::uuid[]) AS replaced (kind, id),
                     LATERAL (SELECT ctid FROM {table} WHERE clinic_id = $1 AND generation = {generation}
                                  AND kind = replaced.kind AND id = replaced.id AND to_position = {OPEN} LIMIT 1) AS r))"
            );
            let (kinds, ids): (Vec<_>, Vec<_>) = self.replaced.iter().map(|key| (key.kind, key.id)).unzip();
            sqlx::query(&sql).bind(clinic).bind(kinds).bind(ids).execute(&mut *connection).await?;
        }
        let columns = "clinic_id, generation, kind, id, from_position, to_position, owner, tag, at, body";
        let sql = format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)");
        let mut copy = connection.copy_in_raw(&sql).await?;
        copy.send(self.bytes).await?;
        copy.finish().await?;
        Ok(())
    }
}

/// `None`: its time is none that Postgres has.
fn append(bytes: &mut Vec<u8>, clinic: Uuid, generation: i32, row: &Stored) -> Option<()> {
    let microseconds = |at: DateTime<Utc>| at.signed_duration_since(EPOCH).num_microseconds();
    let at = match row.columns.at {
        Some(at) => Some(microseconds(at)?.to_be_bytes()),
        None => None,
    };
    bytes.extend(FIELDS.to_be_bytes());
    field(bytes, Some(clinic.as_bytes()));
    field(bytes, Some(&generation.to_be_bytes()));
    field(bytes, Some(row.key.kind.as_bytes()));
    field(bytes, Some(row.key.id.as_bytes()));
    field(bytes, Some(&(row.from as i64).to_be_bytes()));
    field(bytes, Some(&row.to.map_or(OPEN, |to| to as i64).to_be_bytes()));
    field(bytes, row.columns.owner.as_ref().map(|owner| &owner.as_bytes()[..]));
    field(bytes, row.columns.tag.map(str::as_bytes));
    field(bytes, at.as_ref().map(|at| &at[..]));
    field(bytes, Some(row.body.as_bytes()));
    Some(())
}

fn field(bytes: &mut Vec<u8>, value: Option<&[u8]>) {
    match value {
        Some(value) => {
            bytes.extend((value.len() as i32).to_be_bytes());
            bytes.extend(value);
        }
        None => bytes.extend(NULL.to_be_bytes()),
    }
}
