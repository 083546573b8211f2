//! Verifying a clinic's whole log: every hash, link, leaf, tile, head, signature and time. Reading and hashing run on all
//! cores; following the chain and growing the tree is one pass in order.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures::{StreamExt, stream};
use sqlx::{PgPool, Row};
use uuid::Uuid;

use crate::checkpoint;
use crate::event::Recorded;
use crate::format::{Hash, entry, hexadecimal, stream_tag};
use crate::logs;
use crate::merkle::{Tile, Tree, leaf_hash};
use crate::note::NoteVerifier;
use crate::read;
use crate::rows::{hash, number};

/// Positions read and hashed by one task.
const PAGE: u64 = 4_096;
/// Findings listed, at most; all are counted.
const LISTED: usize = 1_000;

/// What a verification found out about one clinic's log.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    pub clinic: Uuid,
    pub verdict: Verdict,
    pub events: u64,
    pub checkpoints: u64,
    /// Root over the entries as they are, hex.
    pub root: String,
    /// All findings; `findings` lists the first thousand.
    pub finding_count: u64,
    pub findings: Vec<Finding>,
}

/// The three answers a verifier may give (ledger.md section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything there is was checked and is as it was written.
    Valid,
    /// Something is not.
    Invalid,
    /// Nothing is wrong, and something that is needed is not there: never called valid.
    Incomplete,
}

/// One failed check and where it failed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Position in the log, or the log's size for a finding about a checkpoint.
    pub position: u64,
    pub check: Check,
    /// The event or stream concerned.
    pub what: String,
}

/// The checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// The bytes do not have the stored hash.
    EventHash,
    /// `prev_hash` is not the hash of the event before it in the stream.
    Link,
    /// Sequences of the stream do not count up by one.
    Sequence,
    /// A position is missing.
    Position,
    /// Time runs backwards.
    Time,
    /// The tree over the stored events has another root than the checkpoint.
    Root,
    /// The checkpoint's signature is not by the log's key.
    Signature,
    /// Checkpoints do not follow on each other.
    Growth,
    /// Events stand after the last checkpoint, or fewer than it says.
    Size,
    /// A stored tile differs from the events.
    Tile,
    /// The stored row cannot be read.
    Unreadable,
}

/// Every clinic that anything in the ledger speaks of, whether or not its row in `ledger.logs` is still there.
pub async fn clinics(pool: &PgPool) -> Result<Vec<Uuid>, sqlx::Error> {
    // Steps from clinic to clinic along the primary keys: a scan of every event would take as long as verifying them.
    sqlx::query_scalar(
        "WITH RECURSIVE event AS (
             (SELECT clinic_id FROM ledger.events ORDER BY clinic_id LIMIT 1)
             UNION ALL
             SELECT (SELECT e.clinic_id FROM ledger.events e WHERE e.clinic_id > event.clinic_id ORDER BY e.clinic_id LIMIT 1)
             FROM event WHERE event.clinic_id IS NOT NULL
         ), head AS (
             (SELECT clinic_id FROM ledger.checkpoints ORDER BY clinic_id LIMIT 1)
             UNION ALL
             SELECT (SELECT c.clinic_id FROM ledger.checkpoints c WHERE c.clinic_id > head.clinic_id ORDER BY c.clinic_id LIMIT 1)
             FROM head WHERE head.clinic_id IS NOT NULL
         )
         SELECT clinic_id FROM ledger.logs
         UNION SELECT clinic_id FROM event WHERE clinic_id IS NOT NULL
         UNION SELECT clinic_id FROM head WHERE clinic_id IS NOT NULL
         ORDER BY clinic_id",
    )
    .fetch_all(pool)
    .await
}

/// Verifies one clinic's log. `progress` is told how many more events were done.
pub async fn clinic(pool: &PgPool, clinic: Uuid, progress: impl Fn(u64)) -> Result<Report, sqlx::Error> {
    replay(pool, clinic, |_| (), progress).await
}

/// Verifies one clinic's log and shows each event to `each`, on all cores and in no particular order, once its own bytes
/// were checked. What it shows is trustworthy only if the report says valid.
pub async fn replay<T: Send + 'static>(
    pool: &PgPool,
    clinic: Uuid,
    each: impl Fn(&Recorded) -> T + Clone + Send + Sync + 'static,
    progress: impl Fn(u64),
) -> Result<Report, sqlx::Error> {
    let mut pass = Pass { clinic, ..Pass::default() };
    let head: Option<i64> = sqlx::query("SELECT max(position) FROM ledger.events WHERE clinic_id = $1")
        .bind(clinic)
        .fetch_one(pool)
        .await?
        .try_get(0)?;
    let end = head.map_or(0, |last| last as u64 + 1);
    let mut checkpoints = Checkpoints::open(pool, clinic).await?;
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let pages = stream::iter((0..end).step_by(PAGE as usize).map(|from| {
        let (pool, each) = (pool.clone(), each.clone());
        tokio::spawn(async move {
            let events = read::range(&pool, clinic, from, PAGE).await?;
            events.iter().for_each(|event| drop(each(event)));
            Ok(events.iter().map(Checked::of).collect::<Vec<_>>())
        })
    }));
    // Two pages a core are under way, so that neither the database nor the hashing waits.
    let mut pages = pages.buffered(cores * 2);
    while let Some(page) = pages.next().await {
        match page {
            Ok(Ok(events)) => {
                progress(events.len() as u64);
                for event in events {
                    checkpoints.pass_up_to(event.position, &mut pass).await?;
                    pass.follow(event);
                }
                pass.compare_tiles(pool).await?;
            }
            Ok(Err(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. })) => {
                pass.find(pass.events, Check::Unreadable, String::new())
            }
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(sqlx::Error::WorkerCrashed),
        }
    }
    checkpoints.pass_up_to(u64::MAX, &mut pass).await?;
    if checkpoints.size != pass.tree.size() {
        pass.find(pass.tree.size(), Check::Size, format!("the last checkpoint covers {} events", checkpoints.size));
    }
    let count = checkpoints.count;
    pass.findings.extend(checkpoints.verify_signatures().await?);
    Ok(pass.report(count))
}

/// What the pass in order needs of an event; its bytes were checked where it was read.
struct Checked {
    position: u64,
    tag: Hash,
    sequence: u64,
    prev_hash: Hash,
    hash: Hash,
    sound: bool,
    recorded_at: DateTime<Utc>,
    name: String,
    leaf: Hash,
}

impl Checked {
    fn of(event: &Recorded) -> Self {
        let tag = stream_tag(event.clinic, &event.stream);
        let sound = event.computed_hash() == event.hash;
        Self {
            position: event.position,
            tag,
            sequence: event.sequence,
            prev_hash: event.prev_hash,
            hash: event.hash,
            sound,
            recorded_at: event.recorded_at,
            name: format!("{} {} {}", event.stream, event.sequence, event.event_type),
            leaf: leaf_hash(&entry(&tag, event.sequence, &event.hash)),
        }
    }
}

/// The pass in order.
#[derive(Default)]
struct Pass {
    clinic: Uuid,
    events: u64,
    tree: Tree,
    filled: Vec<Tile>,
    streams: HashMap<Hash, (u64, Hash)>,
    last_time: Option<DateTime<Utc>>,
    diverged: bool,
    findings: Vec<Finding>,
}

impl Pass {
    fn find(&mut self, position: u64, check: Check, what: String) {
        self.findings.push(Finding { position, check, what });
    }

    fn follow(&mut self, event: Checked) {
        if event.position != self.tree.size() && !self.diverged {
            // From here on every leaf is at another place: one finding says it.
            self.find(self.tree.size(), Check::Position, format!("the next event stored is at {}", event.position));
            self.diverged = true;
        }
        if !event.sound {
            self.find(event.position, Check::EventHash, event.name.clone());
        }
        let (sequence, hash) = self.streams.get(&event.tag).copied().unwrap_or((0, event.tag));
        if event.sequence != sequence + 1 {
            self.find(event.position, Check::Sequence, event.name.clone());
        }
        if event.prev_hash != hash {
            self.find(event.position, Check::Link, event.name.clone());
        }
        if self.last_time.is_some_and(|last| event.recorded_at < last) {
            self.find(event.position, Check::Time, event.name);
        }
        self.last_time = Some(event.recorded_at);
        self.streams.insert(event.tag, (event.sequence, event.hash));
        self.tree.push(event.leaf, &mut self.filled);
        self.events += 1;
    }

    async fn compare_tiles(&mut self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let filled = std::mem::take(&mut self.filled);
        if filled.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query(
            "SELECT t.level, t.index, t.hashes FROM UNNEST($2::smallint[], $3::bigint[]) AS key (level, index)
             JOIN ledger.tiles t ON t.clinic_id = $1 AND t.level = key.level AND t.index = key.index",
        )
        .bind(self.clinic)
        .bind(filled.iter().map(|tile| i16::from(tile.level)).collect::<Vec<_>>())
        .bind(filled.iter().map(|tile| tile.index as i64).collect::<Vec<_>>())
        .fetch_all(pool)
        .await?;
        let mut stored = HashMap::new();
        for row in &rows {
            stored.insert((row.try_get::<i16, _>(0)?, row.try_get::<i64, _>(1)?), row.try_get::<Vec<u8>, _>(2)?);
        }
        for tile in filled {
            if stored.get(&(i16::from(tile.level), tile.index as i64)) != Some(&tile.hashes.concat()) {
                self.find(
                    tile.index << (8 * (u32::from(tile.level) + 1)),
                    Check::Tile,
                    format!("level {} tile {}", tile.level, tile.index),
                );
            }
        }
        Ok(())
    }

    fn report(mut self, checkpoints: u64) -> Report {
        let finding_count = self.findings.len() as u64;
        self.findings.sort_by_key(|finding| finding.position);
        self.findings.truncate(LISTED);
        let verdict = match (finding_count, self.events) {
            (0, 0) => Verdict::Incomplete,
            (0, _) => Verdict::Valid,
            _ => Verdict::Invalid,
        };
        let root = hexadecimal(&self.tree.root());
        Report {
            clinic: self.clinic,
            verdict,
            events: self.events,
            checkpoints,
            root,
            finding_count,
            findings: self.findings,
        }
    }
}

/// The stored checkpoints, walked beside the events.
struct Checkpoints {
    pool: PgPool,
    clinic: Uuid,
    key: Option<NoteVerifier>,
    size: u64,
    count: u64,
    page: std::collections::VecDeque<(u64, u64, Hash, [u8; 64])>,
    done: bool,
    signatures: Vec<tokio::task::JoinHandle<Vec<Finding>>>,
}

impl Checkpoints {
    const PAGE: i64 = 2_048;

    async fn open(pool: &PgPool, clinic: Uuid) -> Result<Self, sqlx::Error> {
        let key = logs::verifier(pool, clinic).await?;
        Ok(Self {
            pool: pool.clone(),
            clinic,
            key,
            size: 0,
            count: 0,
            page: Default::default(),
            done: false,
            signatures: Vec::new(),
        })
    }

    /// Compares every checkpoint whose size the tree has reached: before the event at `position` is added, all of those
    /// up to and including that size.
    async fn pass_up_to(&mut self, position: u64, pass: &mut Pass) -> Result<(), sqlx::Error> {
        loop {
            if self.page.is_empty() && !self.done {
                self.fetch().await?;
            }
            let Some((size_before, size, root, _)) = self.page.front().copied() else { return Ok(()) };
            if size > position {
                return Ok(());
            }
            self.page.pop_front();
            if size_before != self.size {
                pass.find(size_before, Check::Growth, format!("the checkpoint before it ends at {}", self.size));
            }
            if !pass.diverged && (size != pass.tree.size() || root != pass.tree.root()) {
                pass.find(size, Check::Root, format!("checkpoint of size {size}"));
                // Every later root differs too: one finding says it.
                pass.diverged = true;
            }
            (self.size, self.count) = (size, self.count + 1);
        }
    }

    async fn fetch(&mut self) -> Result<(), sqlx::Error> {
        let after = self.size as i64;
        let from = if self.count == 0 { -1 } else { after };
        let rows = sqlx::query("SELECT size_before, size, root, signature FROM ledger.checkpoints WHERE clinic_id = $1 AND size_before >= $2 ORDER BY size_before LIMIT $3")
            .bind(self.clinic)
            .bind(from)
            .bind(Self::PAGE)
            .fetch_all(&self.pool)
            .await?;
        self.done = (rows.len() as i64) < Self::PAGE;
        for row in &rows {
            // A signature of another length cannot be right: zeros cannot either.
            let signature = row.try_get::<&[u8], _>(3)?.try_into().unwrap_or([0; 64]);
            self.page.push_back((number(row, 0)?, number(row, 1)?, hash(row, 2)?, signature));
        }
        let (key, page) = (self.key.clone(), self.page.clone());
        self.signatures.push(tokio::spawn(async move {
            let wrong = page.into_iter().filter(|(_, size, root, signature)| {
                key.as_ref().is_none_or(|key| !key.verify(&checkpoint::text(key.name(), *size, root), signature))
            });
            wrong
                .map(|(_, size, _, _)| Finding {
                    position: size,
                    check: Check::Signature,
                    what: format!("checkpoint of size {size}"),
                })
                .collect()
        }));
        Ok(())
    }

    async fn verify_signatures(self) -> Result<Vec<Finding>, sqlx::Error> {
        let mut findings = Vec::new();
        for task in self.signatures {
            findings.extend(task.await.map_err(|_| sqlx::Error::WorkerCrashed)?);
        }
        Ok(findings)
    }
}
