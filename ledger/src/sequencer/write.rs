//! The statements of the sequencer: one to write a batch, a few to learn what others wrote.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::{PgExecutor, PgPool, Row};
use uuid::Uuid;

use super::cache::{Head, Log, StreamKey};
use super::plan::{CheckpointRow, CommandRow, EventRow, Plan};
use crate::append::CommandKey;
use crate::event::{Placed, Recorded};
use crate::format::{Hash, Stream, entry, stream_tag};
use crate::merkle::{TILE_WIDTH, Tree, leaf_hash, node_hash};
use crate::note::NoteSigner;
use crate::rows::{COLUMNS, hash, number, recorded};

/// One statement, one commit: the events, the tiles they filled, their commands and each log's signed head. Either all
/// of it is durable or none: there is no moment in which an event stands without its checkpoint. The arrays of a row are
/// unnested side by side in the list of columns: as tables after FROM, Postgres would first copy each of them.
const WRITE: &str = "
WITH head AS (
    INSERT INTO ledger.checkpoints (clinic_id, size_before, size, root, signature)
    SELECT unnest($1::uuid[]), unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::bytea[]), unnest($5::bytea[])
), command AS (
    INSERT INTO ledger.commands (clinic_id, command_id, request_hash, first_position, count)
    SELECT unnest($6::uuid[]), unnest($7::uuid[]), unnest($8::bytea[]), unnest($9::bigint[]), unnest($10::integer[])
), tile AS (
    INSERT INTO ledger.tiles (clinic_id, level, index, hashes)
    SELECT unnest($11::uuid[]), unnest($12::smallint[]), unnest($13::bigint[]), unnest($14::bytea[])
)
INSERT INTO ledger.events (clinic_id, position, stream_type, stream_id, sequence, event_id, event_type, event_version,
                           recorded_at, prev_hash, hash, metadata, payload, sealed)
SELECT unnest($15::uuid[]), unnest($16::bigint[]), unnest($17::text[]), unnest($18::uuid[]), unnest($19::bigint[]),
       unnest($20::uuid[]), unnest($21::text[]), unnest($22::text[]), unnest($23::timestamptz[]), unnest($24::bytea[]),
       unnest($25::bytea[]), unnest($26::bytea[]), unnest($27::bytea[]), unnest($28::bytea[])";

/// The same for a batch of one event that fills no tile, as it is wherever callers do not meet: unpacking arrays of one
/// would cost a tenth of the time.
const WRITE_ONE: &str = "
WITH head AS (
    INSERT INTO ledger.checkpoints (clinic_id, size_before, size, root, signature)
    VALUES ($1, $2, $2 + 1, $3, $4)
), command AS (
    INSERT INTO ledger.commands (clinic_id, command_id, request_hash, first_position, count)
    VALUES ($1, $5, $6, $2, 1)
)
INSERT INTO ledger.events (clinic_id, position, stream_type, stream_id, sequence, event_id, event_type, event_version,
                           recorded_at, prev_hash, hash, metadata, payload, sealed)
VALUES ($1, $2, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

/// Writes a plan. Positions and sizes are far below the bound of i64.
pub(super) async fn write(plan: &Plan<'_>, executor: impl PgExecutor<'_>) -> Result<(), sqlx::Error> {
    match (&plan.checkpoints[..], &plan.commands[..], &plan.tiles[..], &plan.events[..]) {
        ([checkpoint], [command], [], [event]) => write_one(checkpoint, command, event, executor).await,
        _ => write_all(plan, executor).await,
    }
}

async fn write_one(
    checkpoint: &CheckpointRow,
    command: &CommandRow,
    event: &EventRow<'_>,
    executor: impl PgExecutor<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(WRITE_ONE)
        .bind(checkpoint.clinic)
        .bind(checkpoint.size_before as i64)
        .bind(&checkpoint.root[..])
        .bind(&checkpoint.signature[..])
        .bind(command.id)
        .bind(&command.request_hash[..])
        .bind(&*event.stream.kind)
        .bind(event.stream.id)
        .bind(event.placed.sequence as i64)
        .bind(event.draft.event_id)
        .bind(event.draft.event_type)
        .bind(event.draft.event_version)
        .bind(event.placed.recorded_at)
        .bind(&event.prev_hash[..])
        .bind(&event.placed.hash[..])
        .bind(&event.draft.metadata[..])
        .bind(&event.draft.payload[..])
        .bind(&event.draft.sealed[..])
        .execute(executor)
        .await?;
    Ok(())
}

async fn write_all(plan: &Plan<'_>, executor: impl PgExecutor<'_>) -> Result<(), sqlx::Error> {
    let (checkpoints, commands, tiles, events) = (&plan.checkpoints, &plan.commands, &plan.tiles, &plan.events);
    macro_rules! column {
        ($rows:ident, $row:pat => $value:expr) => {
            $rows.iter().map(|$row| $value).collect::<Vec<_>>()
        };
    }
    sqlx::query(WRITE)
        .bind(column!(checkpoints, row => row.clinic))
        .bind(column!(checkpoints, row => row.size_before as i64))
        .bind(column!(checkpoints, row => row.size as i64))
        .bind(column!(checkpoints, row => &row.root[..]))
        .bind(column!(checkpoints, row => &row.signature[..]))
        .bind(column!(commands, row => row.clinic))
        .bind(column!(commands, row => row.id))
        .bind(column!(commands, row => &row.request_hash[..]))
        .bind(column!(commands, row => row.first_position as i64))
        .bind(column!(commands, row => row.count as i32))
        .bind(column!(tiles, (clinic, _) => *clinic))
        .bind(column!(tiles, (_, tile) => i16::from(tile.level)))
        .bind(column!(tiles, (_, tile) => tile.index as i64))
        .bind(column!(tiles, (_, tile) => tile.hashes.concat()))
        .bind(column!(events, row => row.clinic))
        .bind(column!(events, row => row.placed.position as i64))
        .bind(column!(events, row => &*row.stream.kind))
        .bind(column!(events, row => row.stream.id))
        .bind(column!(events, row => row.placed.sequence as i64))
        .bind(column!(events, row => row.draft.event_id))
        .bind(column!(events, row => row.draft.event_type))
        .bind(column!(events, row => row.draft.event_version))
        .bind(column!(events, row => row.placed.recorded_at))
        .bind(column!(events, row => &row.prev_hash[..]))
        .bind(column!(events, row => &row.placed.hash[..]))
        .bind(column!(events, row => &row.draft.metadata[..]))
        .bind(column!(events, row => &row.draft.payload[..]))
        .bind(column!(events, row => &row.draft.sealed[..]))
        .execute(executor)
        .await?;
    Ok(())
}

/// Ends of streams, in one query. A stream that does not exist is answered with sequence 0.
pub(super) async fn heads(pool: &PgPool, keys: &[StreamKey]) -> Result<Vec<(StreamKey, Head)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT key.clinic_id, key.stream_type, key.stream_id, head.sequence, head.hash
         FROM UNNEST($1::uuid[], $2::text[], $3::uuid[]) AS key (clinic_id, stream_type, stream_id)
         CROSS JOIN LATERAL (
             SELECT sequence, hash FROM ledger.events
             WHERE events.stream_id = key.stream_id
               AND (events.stream_type = key.stream_type AND events.clinic_id = key.clinic_id) IS TRUE
             ORDER BY sequence DESC LIMIT 1) AS head",
    )
    .bind(keys.iter().map(|(clinic, _)| *clinic).collect::<Vec<_>>())
    .bind(keys.iter().map(|(_, stream)| &*stream.kind).collect::<Vec<_>>())
    .bind(keys.iter().map(|(_, stream)| stream.id).collect::<Vec<_>>())
    .fetch_all(pool)
    .await?;
    let mut found: HashMap<StreamKey, Head> =
        keys.iter().map(|key| (key.clone(), Head { sequence: 0, hash: [0; 32] })).collect();
    for row in rows {
        let stream = Stream { kind: crate::rows::kind(row.try_get(1)?), id: row.try_get(2)? };
        found.insert((row.try_get(0)?, stream), Head { sequence: number(&row, 3)?, hash: hash(&row, 4)? });
    }
    Ok(found.into_iter().collect())
}

/// A log's right edge, from its full tiles and the entries after them.
pub(super) async fn log(pool: &PgPool, clinic: Uuid, signer: Arc<NoteSigner>) -> Result<Log, sqlx::Error> {
    let row = sqlx::query("SELECT size FROM ledger.checkpoints WHERE clinic_id = $1 ORDER BY size_before DESC LIMIT 1")
        .bind(clinic)
        .fetch_optional(pool)
        .await?;
    let size = row.map(|row| number(&row, 0)).transpose()?.unwrap_or(0);
    let mut partial = vec![tail_leaves(pool, clinic, size).await?];
    for level in 1..8u32 {
        let tiles = size >> (8 * level);
        if tiles == 0 {
            break;
        }
        partial.push(tile_roots(pool, clinic, level - 1, tiles - tiles % TILE_WIDTH as u64, tiles).await?);
    }
    let tree = Tree::from_partial_tiles(partial).filter(|tree| tree.size() == size);
    let tree = tree.ok_or_else(|| {
        sqlx::Error::Decode("the log's tiles do not add up to its size; run daybook-replay verify".into())
    })?;
    let row = sqlx::query("SELECT recorded_at FROM ledger.events WHERE clinic_id = $1 AND position = $2")
        .bind(clinic)
        .bind(size as i64 - 1)
        .fetch_optional(pool)
        .await?;
    let last_time = row.map(|row| row.try_get(0)).transpose()?;
    Ok(Log::new(tree, last_time, signer))
}

/// Leaf hashes of the level-0 tile that is not full.
async fn tail_leaves(pool: &PgPool, clinic: Uuid, size: u64) -> Result<Vec<Hash>, sqlx::Error> {
    let from = size - size % TILE_WIDTH as u64;
    let rows = sqlx::query("SELECT stream_type, stream_id, sequence, hash FROM ledger.events WHERE clinic_id = $1 AND position >= $2 AND position < $3 ORDER BY position")
        .bind(clinic)
        .bind(from as i64)
        .bind(size as i64)
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| {
            let stream = Stream { kind: crate::rows::kind(row.try_get(0)?), id: row.try_get(1)? };
            Ok(leaf_hash(&entry(&stream_tag(clinic, &stream), number(row, 2)?, &hash(row, 3)?)))
        })
        .collect()
}

/// Roots of the full tiles `from..to` of a level: the hashes of the level above.
pub(crate) async fn tile_roots(
    pool: &PgPool,
    clinic: Uuid,
    level: u32,
    from: u64,
    to: u64,
) -> Result<Vec<Hash>, sqlx::Error> {
    let rows = sqlx::query("SELECT hashes FROM ledger.tiles WHERE clinic_id = $1 AND level = $2 AND index >= $3 AND index < $4 ORDER BY index")
        .bind(clinic)
        .bind(level as i16)
        .bind(from as i64)
        .bind(to as i64)
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| {
            let bytes: &[u8] = row.try_get(0)?;
            let mut hashes: Vec<Hash> =
                bytes.chunks_exact(32).map(|chunk| chunk.try_into().unwrap_or_default()).collect();
            while hashes.len() > 1 {
                hashes = hashes.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
            }
            hashes.first().copied().ok_or_else(|| sqlx::Error::Decode("an empty tile".into()))
        })
        .collect()
}

/// Events another process wrote since `from`, at most `limit`.
pub(super) async fn since(pool: &PgPool, clinic: Uuid, from: u64, limit: i64) -> Result<Vec<Recorded>, sqlx::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger.events WHERE clinic_id = $1 AND position >= $2 ORDER BY position LIMIT $3"
    );
    let rows = sqlx::query(&sql).bind(clinic).bind(from as i64).bind(limit).fetch_all(pool).await?;
    rows.iter().map(recorded).collect()
}

/// What was written under command ids before: the request's hash and the events.
pub(crate) async fn commands(
    pool: &PgPool,
    keys: &[(Uuid, CommandKey)],
) -> Result<HashMap<(Uuid, Uuid), (Hash, Vec<Placed>)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT c.clinic_id, c.command_id, c.request_hash, e.stream_type, e.stream_id, e.sequence, e.position, e.hash, e.recorded_at
         FROM (SELECT DISTINCT * FROM UNNEST($1::uuid[], $2::uuid[])) AS key (clinic_id, command_id)
         JOIN ledger.commands c USING (clinic_id, command_id)
         LEFT JOIN ledger.events e ON e.clinic_id = c.clinic_id AND e.position >= c.first_position AND e.position < c.first_position + c.count
         ORDER BY e.position",
    )
    .bind(keys.iter().map(|(clinic, _)| *clinic).collect::<Vec<_>>())
    .bind(keys.iter().map(|(_, key)| key.id).collect::<Vec<_>>())
    .fetch_all(pool)
    .await?;
    let mut found: HashMap<(Uuid, Uuid), (Hash, Vec<Placed>)> = HashMap::new();
    for row in rows {
        let (_, placed) = found.entry((row.try_get(0)?, row.try_get(1)?)).or_insert((hash(&row, 2)?, Vec::new()));
        if let Some(kind) = row.try_get::<Option<&str>, _>(3)? {
            let stream = Stream { kind: crate::rows::kind(kind), id: row.try_get(4)? };
            placed.push(Placed {
                stream,
                sequence: number(&row, 5)?,
                position: number(&row, 6)?,
                hash: hash(&row, 7)?,
                recorded_at: row.try_get(8)?,
            });
        }
    }
    Ok(found)
}
