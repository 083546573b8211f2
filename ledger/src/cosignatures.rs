//! What witnesses have seen of the logs, as it is stored: their signatures under heads.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::checkpoint::{self, Checkpoint};
use crate::cosignature::{Cosignature, Witness};
use crate::format::Hash;
use crate::ledger::Ledger;
use crate::note::NoteVerifier;
use crate::rows::{hash, number};
use crate::witnessed::{Seen, Watched};

/// Witnesses that have been behind for longer are taken not to be there.
const LATE: TimeDelta = TimeDelta::minutes(3);
/// How often it is looked whether they have come.
const LOOK: Duration = Duration::from_millis(250);

/// A head of a log, and who has seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    /// The head, signed by the log.
    pub checkpoint: Checkpoint,
    /// Its witnesses, each with its signature. None where nobody has seen it yet.
    pub witnesses: Vec<(Witness, Cosignature)>,
}

impl Cosigned {
    /// The whole note, with all signatures.
    pub fn note(&self, key: &NoteVerifier) -> String {
        let mut note = self.checkpoint.note(key);
        self.witnesses.iter().for_each(|(witness, cosignature)| note.push_str(&witness.line(cosignature)));
        note
    }
}

/// The head of a log that a witness may be asked about.
#[derive(Clone, Debug)]
pub struct Head {
    pub clinic: Uuid,
    pub key: NoteVerifier,
    pub checkpoint: Checkpoint,
}

/// How long something has stood in a log that no witness has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub clinic: Uuid,
    /// Events.
    pub events: u64,
    /// When the first of them was recorded.
    pub since: DateTime<Utc>,
}

impl Ledger {
    /// The newest head of every log.
    pub async fn heads(&self) -> Result<Vec<Head>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT l.clinic_id,
                    coalesce((SELECT vkey FROM ledger.epochs e WHERE e.clinic_id = l.clinic_id ORDER BY epoch DESC LIMIT 1), l.vkey),
                    head.size, head.root, head.signature FROM ledger.logs l
             CROSS JOIN LATERAL (
                 SELECT size, root, signature FROM ledger.checkpoints c WHERE c.clinic_id = l.clinic_id
                 ORDER BY size_before DESC LIMIT 1) AS head
             ORDER BY l.clinic_id",
        );
        let head = |row: &PgRow| {
            let vkey: &str = row.try_get(1)?;
            let key = vkey.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            Ok(Head { clinic: row.try_get(0)?, key, checkpoint: stored(row, 2)? })
        };
        rows.fetch_all(self.pool()).await?.iter().map(head).collect()
    }

    /// The size of the largest head of a log that this witness has signed; 0 where it has signed none.
    pub async fn cosigned_by(&self, clinic: Uuid, origin: &str, witness: &Witness) -> Result<u64, sqlx::Error> {
        let size = sqlx::query(
            "SELECT size FROM ledger.cosignatures WHERE clinic_id = $1 AND origin = $2 AND witness = $3
             ORDER BY size DESC LIMIT 1",
        );
        let row = size.bind(clinic).bind(origin).bind(witness.to_string()).fetch_optional(self.pool()).await?;
        row.map_or(Ok(0), |row| number(&row, 0))
    }

    /// Writes down that a witness has seen a head, once. Returns when that was, or `None` where its signature is not right:
    /// then nothing is written.
    pub async fn cosign(
        &self,
        head: &Head,
        witness: &Witness,
        cosignature: &Cosignature,
    ) -> Result<Option<u64>, sqlx::Error> {
        let Head { clinic, key, checkpoint: Checkpoint { size, root, .. } } = head;
        let seen = witness.signed(&checkpoint::text(key.name(), *size, root), cosignature);
        if seen.is_some() {
            sqlx::query(
                "INSERT INTO ledger.cosignatures (clinic_id, origin, size, root, witness, cosignature)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ON CONSTRAINT cosignatures_once DO NOTHING",
            )
            .bind(clinic)
            .bind(key.name())
            .bind(*size as i64)
            .bind(&root[..])
            .bind(witness.to_string())
            .bind(&cosignature[..])
            .execute(self.pool())
            .await?;
        }
        Ok(seen)
    }

    /// The newest head with whoever has seen it.
    pub async fn newest(&self, clinic: Uuid) -> Result<Option<Cosigned>, sqlx::Error> {
        let (head, key) = futures::try_join!(self.head(clinic), self.verifier(clinic))?;
        let (Some(checkpoint), Some(key)) = (head, key) else { return Ok(None) };
        self.seen(clinic, &key, checkpoint).await.map(Some)
    }

    /// A head with whoever has seen it by now.
    pub async fn seen(
        &self,
        clinic: Uuid,
        key: &NoteVerifier,
        checkpoint: Checkpoint,
    ) -> Result<Cosigned, sqlx::Error> {
        let witnesses = witnesses(self.pool(), clinic, key.name(), &checkpoint).await?;
        Ok(Cosigned { checkpoint, witnesses })
    }

    /// The newest head that a witness has seen.
    pub async fn newest_cosigned(&self, clinic: Uuid) -> Result<Option<Cosigned>, sqlx::Error> {
        let Some(key) = self.verifier(clinic).await? else { return Ok(None) };
        let newest = sqlx::query(
            "SELECT c.size, c.root, c.signature FROM (
                 SELECT size FROM ledger.cosignatures WHERE clinic_id = $1 AND origin = $2 ORDER BY size DESC LIMIT 1) AS seen
             JOIN ledger.checkpoints c ON c.clinic_id = $1 AND c.size = seen.size AND c.size_before < seen.size
             ORDER BY c.size_before DESC LIMIT 1",
        );
        let row = newest.bind(clinic).bind(key.name()).fetch_optional(self.pool()).await?;
        let Some(checkpoint) = row.map(|row| stored(&row, 0)).transpose()? else { return Ok(None) };
        self.seen(clinic, &key, checkpoint).await.map(Some)
    }

    /// A head that covers everything that stands in the log now, with whoever has seen it. Where witnesses have been seeing the
    /// log, they are waited for until they have seen that too, and no longer than `patience`; where they are behind for minutes
    /// already they are not waited for.
    pub async fn settled(&self, clinic: Uuid, patience: Duration) -> Result<Option<Cosigned>, sqlx::Error> {
        let Some(now) = self.newest(clinic).await? else { return Ok(None) };
        let wanted = match self.newest_cosigned(clinic).await? {
            Some(seen) => seen.witnesses.len(),
            None => return Ok(Some(now)),
        };
        let covers =
            |head: &Cosigned, by: usize| head.checkpoint.size >= now.checkpoint.size && head.witnesses.len() >= by;
        let behind = self.unwitnessed(&[]).await?.into_iter().find(|waiting| waiting.clinic == clinic);
        let is_late = behind.is_some_and(|behind| self.clock().now() - behind.since > LATE);
        let deadline = Instant::now() + if is_late { Duration::ZERO } else { patience };
        loop {
            let seen = self.newest_cosigned(clinic).await?;
            let is_over = Instant::now() >= deadline;
            match seen.filter(|seen| covers(seen, if is_over { 1 } else { wanted })) {
                Some(seen) => return Ok(Some(seen)),
                None if is_over => return self.newest(clinic).await,
                None => {
                    self.witnesses_wanted().notify_one();
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// What witnesses have seen of a log as it is stored: neither their signatures nor the events are verified here, which
    /// `verify` does.
    pub async fn watched(&self, clinic: Uuid) -> Result<Watched, sqlx::Error> {
        // First, so that the log reaches as far as anything that was seen of it.
        let seen = sqlx::query(
            "SELECT s.size, s.witness, s.cosignature, next.recorded_at FROM ledger.logs l
             JOIN ledger.cosignatures s ON s.clinic_id = l.clinic_id
                  AND (s.origin = l.origin OR s.origin IN (SELECT origin FROM ledger.epochs e WHERE e.clinic_id = l.clinic_id))
             LEFT JOIN ledger.events next ON next.clinic_id = l.clinic_id AND next.position = s.size
             WHERE l.clinic_id = $1 ORDER BY s.size, s.witness",
        );
        let seen = seen.bind(clinic).fetch_all(self.pool()).await?;
        let first = sqlx::query_scalar("SELECT recorded_at FROM ledger.events WHERE clinic_id = $1 AND position = 0");
        let begun_at = first.bind(clinic).fetch_optional(self.pool()).await?;
        let events = self.head(clinic).await?.map_or(0, |head| head.size);
        let mut watched = Watched { begun_at, events, seen: Vec::new() };
        let mut witnesses = HashMap::new();
        for row in &seen {
            let (size, vkey, cosignature): (_, &str, &[u8]) = (number(row, 0)?, row.try_get(1)?, row.try_get(2)?);
            let witness = witnesses.entry(vkey.to_owned()).or_insert_with(|| vkey.parse::<Witness>().ok());
            let (Some(witness), Some(seconds)) = (witness, cosignature.first_chunk()) else { continue };
            let by = (witness.clone(), u64::from_be_bytes(*seconds));
            match watched.seen.last_mut().filter(|last| last.size == size) {
                Some(last) => last.by.push(by),
                None => watched.seen.push(Seen { size, by: vec![by], next_at: row.try_get(3)? }),
            }
        }
        Ok(watched)
    }

    /// The logs in which something stands that no witness has seen: none of these witnesses, or where none is named, nobody
    /// at all.
    pub async fn unwitnessed(&self, by: &[Witness]) -> Result<Vec<Waiting>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT l.clinic_id, head.size - seen.size, first.recorded_at FROM ledger.logs l
             CROSS JOIN LATERAL (
                 SELECT size FROM ledger.checkpoints c WHERE c.clinic_id = l.clinic_id ORDER BY size_before DESC LIMIT 1) AS head
             CROSS JOIN LATERAL (
                 SELECT coalesce(max(size), 0) AS size FROM ledger.cosignatures s
                 WHERE s.clinic_id = l.clinic_id AND (s.witness = ANY($1) OR cardinality($1) = 0)) AS seen
             JOIN ledger.events first ON first.clinic_id = l.clinic_id AND first.position = seen.size
             WHERE head.size > seen.size",
        );
        let by: Vec<String> = by.iter().map(Witness::to_string).collect();
        let waiting =
            |row: &PgRow| Ok(Waiting { clinic: row.try_get(0)?, events: number(row, 1)?, since: row.try_get(2)? });
        rows.bind(by).fetch_all(self.pool()).await?.iter().map(waiting).collect()
    }
}

fn stored(row: &PgRow, from: usize) -> Result<Checkpoint, sqlx::Error> {
    let signature = row.try_get::<&[u8], _>(from + 2)?;
    let signature = signature.try_into().map_err(|_| sqlx::Error::Decode("a signature has 64 bytes".into()))?;
    Ok(Checkpoint { size: number(row, from)?, root: hash(row, from + 1)?, signature })
}

/// Who has seen a head, as it is stored. What cannot be read as a witness is left out here, and named by `verify`.
async fn witnesses(
    pool: &PgPool,
    clinic: Uuid,
    origin: &str,
    head: &Checkpoint,
) -> Result<Vec<(Witness, Cosignature)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT witness, cosignature FROM ledger.cosignatures
         WHERE clinic_id = $1 AND origin = $2 AND size = $3 AND root = $4 ORDER BY witness",
    );
    let rows = rows.bind(clinic).bind(origin).bind(head.size as i64).bind(&head.root[..]).fetch_all(pool).await?;
    let mut witnesses = Vec::new();
    for row in &rows {
        let (vkey, bytes) = (row.try_get::<&str, _>(0)?, row.try_get::<&[u8], _>(1)?);
        witnesses.extend(vkey.parse().ok().zip(bytes.try_into().ok()));
    }
    Ok(witnesses)
}

/// One stored row, not yet believed.
pub(crate) struct Stored {
    pub size: u64,
    pub root: Hash,
    /// Whose, and when they saw it; `None` where the signature is not right, or no key is there.
    pub seen: Option<(Witness, u64)>,
}

/// All that is stored of a clinic's log, by size, each signature verified; on all cores.
pub(crate) async fn all(pool: &PgPool, clinic: Uuid) -> Result<Vec<Stored>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT s.size, s.root, s.origin, s.witness, s.cosignature FROM ledger.logs l
         JOIN ledger.cosignatures s ON s.clinic_id = l.clinic_id
              AND (s.origin = l.origin OR s.origin IN (SELECT origin FROM ledger.epochs e WHERE e.clinic_id = l.clinic_id))
         WHERE l.clinic_id = $1 ORDER BY s.size, s.witness",
    );
    let rows = rows.bind(clinic).fetch_all(pool).await?;
    let mut read = Vec::with_capacity(rows.len());
    for row in &rows {
        let (size, root): (u64, Hash) = (number(row, 0)?, hash(row, 1)?);
        let (origin, witness): (String, String) = (row.try_get(2)?, row.try_get(3)?);
        read.push((size, root, origin, witness, row.try_get::<Vec<u8>, _>(4)?));
    }
    let tasks: Vec<_> = read.chunks(512).map(<[_]>::to_vec).collect();
    let tasks: Vec<_> = tasks
        .into_iter()
        .map(|rows| tokio::spawn(async move { rows.iter().map(judged).collect::<Vec<_>>() }))
        .collect();
    let mut stored = Vec::with_capacity(rows.len());
    for task in tasks {
        stored.extend(task.await.map_err(|_| sqlx::Error::WorkerCrashed)?);
    }
    Ok(stored)
}

fn judged((size, root, origin, witness, bytes): &(u64, Hash, String, String, Vec<u8>)) -> Stored {
    let text = checkpoint::text(origin, *size, root);
    let judged = || {
        let witness: Witness = witness.parse().ok()?;
        let seconds = witness.signed(&text, bytes.as_slice().try_into().ok()?)?;
        Some((witness, seconds))
    };
    Stored { size: *size, root: *root, seen: judged() }
}
