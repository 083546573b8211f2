//! Verifying a clinic's whole log: every hash, link, leaf, tile, head, signature and time. Reading and hashing run on all
//! cores; following the chain and growing the tree is one pass in order.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use daybook_domain::safekeeping::LedgerRecovered;
use futures::{Stream, StreamExt, stream};
use sqlx::{PgExecutor, PgPool, Row};
use tokio::task::JoinError;
use uuid::Uuid;

use crate::checkpoint;
use crate::cosignatures;
use crate::epochs::{self, Epoch};
use crate::erased::{Erased, Sealed, Sealing};
use crate::event::Recorded;
use crate::format::{Hash, entry, hexadecimal, stream_tag};
use crate::kept::{Compared, Comparison, Ended, EpochHead, Outside, Standing};
use crate::merkle::{Tile, Tree, leaf_hash};
use crate::note::NoteVerifier;
use crate::read;
use crate::rows::{hash, number};
use crate::witnessed::{self, Watched, Witnessing};

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
    #[serde(skip)]
    pub head: Hash,
    /// All findings; `findings` lists the first thousand.
    pub finding_count: u64,
    pub findings: Vec<Finding>,
    /// How it stands to the heads that somebody outside kept, those that were given.
    pub kept: Vec<Compared>,
    /// Each recovery from an earlier point: the epochs after the first.
    pub epochs: Vec<Recovered>,
    /// What of it is erased, and by which events. The log is valid all the same.
    pub erased: Vec<Erased>,
    /// Whether the key store was compared with it ([`crate::erased::compare_keys`]).
    pub keys_compared: bool,
    /// What witnesses have seen of it, as it is known at a moment ([`Watched::witnessing`]); `None` until it is asked.
    pub witnessing: Option<Witnessing>,
    #[serde(skip)]
    pub watched: Watched,
    #[serde(skip)]
    pub sealing: Sealing,
}

/// An epoch that began because the log went back to an earlier point, as its first event says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Recovered {
    pub epoch: u64,
    /// The name it is signed under.
    pub origin: String,
    /// The position of the event; everything before is of the epochs before.
    pub position: u64,
    pub recorded_at: DateTime<Utc>,
    /// When the backup was begun that it was restored from, if it was.
    pub backup_begun_at: Option<DateTime<Utc>>,
    /// How far the epoch before is known to have gone, and how many events of it are lost by that.
    pub last_known_size: u64,
    pub lost_events: u64,
}

impl Report {
    /// Takes in what was found afterwards.
    pub(crate) fn add(&mut self, findings: Vec<Finding>) {
        self.finding_count += findings.len() as u64;
        self.findings.extend(findings);
        self.findings.sort_by_key(|finding| finding.position);
        self.findings.truncate(LISTED);
        if self.finding_count > 0 {
            self.verdict = Verdict::Invalid;
        }
    }
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
    /// A head that somebody outside kept is not one of this log's.
    Kept,
    /// A head that a witness signed is not one of this log's, or the stored signature is not right.
    Cosignature,
    /// An epoch did not begin as its first event says, or nothing says that it began.
    Epoch,
    /// Something is sealed under a key that is not there, and no event says that it was destroyed.
    KeyMissing,
    /// An event says that a key is destroyed, and it is there.
    KeyNotDestroyed,
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
    replay(pool, clinic, &Outside::default(), |_| (), progress).await
}

/// Verifies one clinic's log against what somebody outside knows of it.
pub async fn against(
    pool: &PgPool,
    clinic: Uuid,
    outside: &Outside,
    progress: impl Fn(u64),
) -> Result<Report, sqlx::Error> {
    replay(pool, clinic, outside, |_| (), progress).await
}

/// Verifies one clinic's log and shows each event to `each`, on all cores and in no particular order, once its own bytes
/// were checked. What it shows is trustworthy only if the report says valid.
pub async fn replay<T: Send + 'static>(
    pool: &PgPool,
    clinic: Uuid,
    outside: &Outside,
    each: impl Fn(&Recorded) -> T + Clone + Send + Sync + 'static,
    progress: impl Fn(u64),
) -> Result<Report, sqlx::Error> {
    let mut pass = Pass { clinic, ..Pass::default() };
    // Before it is looked how far the log reaches: what a witness has seen by now is there by then.
    let mut witnessed = witnessed::Comparison::with(cosignatures::all(pool, clinic).await?);
    let (ends, epochs) = at_one_moment(pool, clinic).await?;
    let begins: Vec<_> = epochs.iter().map(|epoch| (epoch.number, epoch.from)).collect();
    let mut comparison = Comparison::with(&outside.kept, &begins);
    let mut checkpoints = Checkpoints::open(
        pool,
        clinic,
        ends.checkpoints,
        Keys { epochs: epochs.clone(), believed: outside.keys.clone() },
    );
    let mut from = Some(0);
    while let Some(begin) = from.take() {
        let mut pages = pages(pool, clinic, begin..ends.events, each.clone());
        while let Some(page) = pages.next().await {
            let (start, page) = page.map_err(|_| sqlx::Error::WorkerCrashed)?;
            let events = match page {
                Ok(events) => events,
                Err(sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. }) => {
                    pass.find(pass.events, Check::Unreadable, String::new());
                    continue;
                }
                Err(error) => return Err(error),
            };
            if events.is_empty() {
                // A hole as wide as a page, and somebody may have made it as wide as they like: not walked, but jumped over.
                from = read::position_from(pool, clinic, start).await?;
                break;
            }
            progress(events.len() as u64);
            for event in events {
                pass.place(&event);
                checkpoints.pass_up_to(event.position, &mut pass).await?;
                comparison.at(&pass.tree);
                witnessed.at(&pass.tree, Some(event.recorded_at));
                pass.follow(event);
            }
            pass.compare_tiles(pool).await?;
        }
    }
    checkpoints.pass_up_to(u64::MAX, &mut pass).await?;
    if checkpoints.size != pass.tree.size() {
        pass.find(pass.tree.size(), Check::Size, format!("the last checkpoint covers {} events", checkpoints.size));
    }
    pass.compare_ends(&ends);
    let ended = pass.compare_epochs(&epochs);
    let kept = comparison.finish(&pass.tree, &ended);
    pass.compare_kept(&kept);
    let (watched, contradicted) = witnessed.finish(&pass.tree);
    pass.findings.extend(contradicted);
    let count = checkpoints.count;
    pass.findings.extend(checkpoints.verify_signatures().await?);
    Ok(pass.report(count, kept, watched))
}

/// How far the log reaches, and who may have signed what of it. Of one moment: a log that begins meanwhile, or an epoch, is in
/// both or in neither.
async fn at_one_moment(pool: &PgPool, clinic: Uuid) -> Result<(Ends, Vec<Epoch>), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *transaction).await?;
    let ends = Ends::of(&mut *transaction, clinic).await?;
    let epochs = epochs::of(&mut *transaction, clinic).await?;
    transaction.commit().await?;
    Ok((ends, epochs))
}

/// The events of these positions, page by page in order, read and hashed on all cores. Two pages a core are under way, so
/// that neither the database nor the hashing waits.
fn pages<T: Send + 'static>(
    pool: &PgPool,
    clinic: Uuid,
    positions: std::ops::Range<u64>,
    each: impl Fn(&Recorded) -> T + Clone + Send + Sync + 'static,
) -> impl Stream<Item = Result<(u64, Result<Vec<Checked>, sqlx::Error>), JoinError>> {
    let (pool, end) = (pool.clone(), positions.end);
    let pages = stream::iter(positions.step_by(PAGE as usize).map(move |from| {
        let (pool, each) = (pool.clone(), each.clone());
        tokio::spawn(async move {
            let read = read::range(&pool, clinic, from, PAGE.min(end - from)).await;
            let checked = read.map(|events| {
                events.iter().for_each(|event| drop(each(event)));
                events.iter().map(Checked::of).collect::<Vec<_>>()
            });
            (from, checked)
        })
    }));
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    pages.buffered(cores * 2)
}

/// How far what is stored reaches, all of it as one moment has it: the log may grow while it is verified, and what comes
/// after that moment is not looked at.
struct Ends {
    /// Events stored, if none is missing.
    events: u64,
    /// The size of the last checkpoint.
    checkpoints: u64,
    /// Events that the full tiles are of.
    tiles: u64,
    /// The first event that the last command row speaks of, and one more.
    commands: u64,
}

impl Ends {
    async fn of(executor: impl PgExecutor<'_>, clinic: Uuid) -> Result<Self, sqlx::Error> {
        // A tile at level n is of 256^(n+1) events.
        let row = sqlx::query(
            "SELECT (SELECT LEAST(position, $2 - 1) + 1 FROM ledger.events WHERE clinic_id = $1 ORDER BY position DESC LIMIT 1),
                    (SELECT max(size) FROM ledger.checkpoints WHERE clinic_id = $1),
                    (SELECT max(LEAST((index::numeric + 1) * 256::numeric ^ (level + 1), $2)::bigint) FROM ledger.tiles WHERE clinic_id = $1),
                    (SELECT max(LEAST(first_position, $2 - 1)) + 1 FROM ledger.commands WHERE clinic_id = $1 AND count > 0)",
        )
        .bind(clinic)
        .bind(i64::MAX)
        .fetch_one(executor)
        .await?;
        let end = |column| row.try_get::<Option<i64>, _>(column).map(|end| end.unwrap_or_default().max(0) as u64);
        Ok(Self { events: end(0)?, checkpoints: end(1)?, tiles: end(2)?, commands: end(3)? })
    }
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
    sealed: Sealed,
    recovered: Option<Box<LedgerRecovered>>,
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
            sealed: Sealed::of(event),
            recovered: epochs::recovered(event).map(Box::new),
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
    sealing: Sealing,
    recoveries: Vec<Recovery>,
}

/// A recovery as an event says it, and the log's root where it stands.
struct Recovery {
    position: u64,
    root: Hash,
    recorded_at: DateTime<Utc>,
    said: LedgerRecovered,
}

impl Pass {
    fn find(&mut self, position: u64, check: Check, what: String) {
        self.findings.push(Finding { position, check, what });
    }

    fn place(&mut self, event: &Checked) {
        if event.position != self.tree.size() && !self.diverged {
            // From here on every leaf is at another place: one finding says it.
            self.find(self.tree.size(), Check::Position, format!("the next event stored is at {}", event.position));
            self.diverged = true;
        }
    }

    fn follow(&mut self, event: Checked) {
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
        if let Some(said) = event.recovered {
            let (position, root, recorded_at) = (event.position, self.tree.root(), event.recorded_at);
            self.recoveries.push(Recovery { position, root, recorded_at, said: *said });
        }
        self.sealing.add(event.position, event.sealed);
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

    /// Whoever cuts off a tail together with its checkpoints must also think of the tiles and command rows of it.
    fn compare_ends(&mut self, ends: &Ends) {
        let left_behind = [("a tile is of", ends.tiles), ("a command is said to have written", ends.commands)];
        for (what, end) in left_behind.into_iter().filter(|(_, end)| *end > ends.events) {
            self.find(ends.events, Check::Size, format!("{what} an event at position {}", end - 1));
        }
    }

    /// Every epoch after the first begins with an event that says what it was restored to, and no other event says that one
    /// began. Where each epoch ended, and what is known of the end it had.
    fn compare_epochs(&mut self, epochs: &[Epoch]) -> Vec<Ended> {
        let mut ended = Vec::new();
        let mut said: HashMap<u64, Recovery> =
            std::mem::take(&mut self.recoveries).into_iter().map(|recovery| (recovery.position, recovery)).collect();
        for (before, epoch) in epochs.iter().zip(epochs.iter().skip(1)) {
            let recovery = said.remove(&epoch.from);
            let last_known = recovery.as_ref().and_then(|recovery| recovery.last_known(self.clinic, before, epoch));
            if last_known.is_none() || epoch.number <= before.number {
                let (number, what) = (epoch.number, "and the event there does not say so, or not from what");
                self.find(epoch.from, Check::Epoch, format!("epoch {number} of the log is said to begin here, {what}"));
            }
            ended.push(Ended { last_known });
            self.recoveries.extend(recovery);
        }
        for position in said.into_keys() {
            self.find(position, Check::Epoch, "it says that an epoch begins here, and none does".into());
        }
        ended
    }

    fn compare_kept(&mut self, kept: &[Compared]) {
        for Compared { size, standing, epoch, .. } in kept {
            let what = match standing {
                Standing::Grown | Standing::Lost => continue,
                Standing::OtherRoot => "at that size the log has another root".into(),
                Standing::Shorter => format!("the log has only {} events", self.tree.size()),
                Standing::LostUnsaid => "the log went back to before it, and does not say that as much was lost".into(),
                Standing::UnknownEpoch => format!("the log has no epoch {epoch}"),
            };
            self.find(*size, Check::Kept, what);
        }
    }

    fn report(mut self, checkpoints: u64, kept: Vec<Compared>, watched: Watched) -> Report {
        let finding_count = self.findings.len() as u64;
        self.findings.sort_by_key(|finding| finding.position);
        self.findings.truncate(LISTED);
        let lost = kept.iter().any(|kept| kept.standing == Standing::Lost);
        let verdict = match (finding_count, self.events) {
            (0, 0) => Verdict::Incomplete,
            (0, _) if lost => Verdict::Incomplete,
            (0, _) => Verdict::Valid,
            _ => Verdict::Invalid,
        };
        let head = self.tree.root();
        Report {
            clinic: self.clinic,
            verdict,
            events: self.events,
            checkpoints,
            root: hexadecimal(&head),
            head,
            finding_count,
            findings: self.findings,
            kept,
            epochs: self.recoveries.into_iter().map(Recovered::from).collect(),
            erased: self.sealing.erased(),
            keys_compared: false,
            witnessing: None,
            watched,
            sealing: self.sealing,
        }
    }
}

impl Recovery {
    /// The last head known of an epoch before, if the event says rightly where the log stood: the log's key signed it, it
    /// is of at least what was restored, and of the same root where it is of no more.
    fn last_known(&self, clinic: Uuid, before: &Epoch, epoch: &Epoch) -> Option<EpochHead> {
        let Self { position, root, said, .. } = self;
        let restored = (said.epoch, &*said.origin, said.restored_size, said.restored_root.as_str());
        if restored != (epoch.number, epoch.key.name(), *position, &hexadecimal(root)) {
            return None;
        }
        let (of, size, known) = match &*said.last_checkpoint {
            // Of an epoch that never signed anything.
            "" => (before.number, 0, *root),
            note => epochs::open_checkpoint(note, clinic, &before.key)?,
        };
        let right = size == said.last_known_size && size.checked_sub(*position) == Some(said.lost_events);
        (right && (size > *position || known == *root)).then_some(EpochHead { epoch: of, size, root: known })
    }
}

impl From<Recovery> for Recovered {
    fn from(recovery: Recovery) -> Self {
        let Recovery { position, recorded_at, said, .. } = recovery;
        Self {
            epoch: said.epoch,
            origin: said.origin,
            position,
            recorded_at,
            backup_begun_at: said.backup_begun_at,
            last_known_size: said.last_known_size,
            lost_events: said.lost_events,
        }
    }
}

/// Who may have signed what.
#[derive(Clone)]
struct Keys {
    epochs: Vec<Epoch>,
    /// Where there are any, these alone, each for the origin it names.
    believed: Vec<NoteVerifier>,
}

impl Keys {
    /// Whether a head of this size was signed by a key of the epoch that it is of.
    fn signed(&self, size: u64, root: &Hash, signature: &[u8; 64]) -> bool {
        let epoch = self.epochs.iter().rev().find(|epoch| epoch.from < size);
        let by = |key: &NoteVerifier| key.verify(&checkpoint::text(key.name(), size, root), signature);
        match epoch {
            None => self.epochs.is_empty() && self.believed.iter().any(by),
            Some(epoch) if self.believed.is_empty() => by(&epoch.key),
            Some(epoch) => self.believed.iter().filter(|key| key.name() == epoch.key.name()).any(by),
        }
    }
}

/// The stored checkpoints, walked beside the events.
struct Checkpoints {
    pool: PgPool,
    clinic: Uuid,
    keys: Keys,
    /// The last size that is looked at.
    last: u64,
    size: u64,
    count: u64,
    page: VecDeque<(u64, u64, Hash, [u8; 64])>,
    done: bool,
    signatures: Vec<tokio::task::JoinHandle<Vec<Finding>>>,
}

impl Checkpoints {
    const PAGE: i64 = 2_048;

    fn open(pool: &PgPool, clinic: Uuid, last: u64, keys: Keys) -> Self {
        Self {
            pool: pool.clone(),
            clinic,
            keys,
            last,
            size: 0,
            count: 0,
            page: Default::default(),
            done: false,
            signatures: Vec::new(),
        }
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
        let rows = sqlx::query("SELECT size_before, size, root, signature FROM ledger.checkpoints WHERE clinic_id = $1 AND size_before >= $2 AND size <= $4 ORDER BY size_before LIMIT $3")
            .bind(self.clinic)
            .bind(from)
            .bind(Self::PAGE)
            .bind(self.last as i64)
            .fetch_all(&self.pool)
            .await?;
        self.done = (rows.len() as i64) < Self::PAGE;
        for row in &rows {
            // A signature of another length cannot be right: zeros cannot either.
            let signature = row.try_get::<&[u8], _>(3)?.try_into().unwrap_or([0; 64]);
            self.page.push_back((number(row, 0)?, number(row, 1)?, hash(row, 2)?, signature));
        }
        let (keys, page) = (self.keys.clone(), self.page.clone());
        self.signatures.push(tokio::spawn(async move {
            let wrong = page.into_iter().filter(|(_, size, root, signature)| !keys.signed(*size, root, signature));
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
