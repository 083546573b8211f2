//! Planning a batch: which callers win, where their events stand, what the new heads are. Pure, given the cache; nothing
//! is remembered until the plan is durably written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::resume_unwind;

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::cache::{Cache, Head, Log, StreamKey};
use crate::append::{Append, AppendError, Expected};
use crate::event::{Draft, Placed};
use crate::format::{Hash, Header, Stream, entry, event_hash, stream_tag};
use crate::merkle::{Tile, leaf_hash};

/// A row of `ledger.events`, borrowed from the caller's draft.
pub(super) struct EventRow<'a> {
    pub clinic: Uuid,
    pub stream: &'a Stream,
    pub prev_hash: Hash,
    pub placed: PlacedRow,
    pub draft: &'a Draft,
}

#[derive(Clone, Copy)]
pub(super) struct PlacedRow {
    pub position: u64,
    pub sequence: u64,
    pub hash: Hash,
    pub recorded_at: DateTime<Utc>,
}

pub(super) struct CommandRow {
    pub clinic: Uuid,
    pub id: Uuid,
    pub request_hash: Hash,
    pub first_position: u64,
    pub count: usize,
}

pub(super) struct CheckpointRow {
    pub clinic: Uuid,
    pub size_before: u64,
    pub size: u64,
    pub root: Hash,
    pub signature: [u8; 64],
}

/// What one statement writes, and what is true once it is written.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub events: Vec<EventRow<'a>>,
    pub commands: Vec<CommandRow>,
    pub checkpoints: Vec<CheckpointRow>,
    pub tiles: Vec<(Uuid, Tile)>,
    /// An answer for each caller, in the order of the batch; valid once the plan is written.
    pub answers: Vec<Result<Answer, AppendError>>,
    pub logs: HashMap<Uuid, Log>,
    pub heads: HashMap<StreamKey, Head>,
}

/// Which rows answer a caller.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    from: usize,
    to: usize,
    repeated: bool,
}

impl Plan<'_> {
    /// The caller's events, from the plan's rows.
    pub fn placed(&self, answer: Answer) -> (Vec<Placed>, bool) {
        let placed = self.events[answer.from..answer.to].iter().map(|row| Placed {
            stream: row.stream.clone(),
            sequence: row.placed.sequence,
            position: row.placed.position,
            hash: row.placed.hash,
            recorded_at: row.placed.recorded_at,
        });
        (placed.collect(), answer.repeated)
    }

    /// Whether a caller loses by what the cache says of a stream: to be believed only at the log's current size.
    pub fn turns_away(&self) -> bool {
        let lost = |answer: &Result<Answer, AppendError>| {
            matches!(answer, Err(AppendError::WrongVersion { .. } | AppendError::GuardFailed { .. }))
        };
        self.answers.iter().any(lost)
    }

    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }
}

/// Plans a batch. Every clinic's log, and every stream head the batch asks for by guard or `Any`, is in the cache; a head
/// that is not is taken for what the caller expects, which the unique index on (stream, sequence) checks.
pub(super) fn plan<'a>(batch: &[&'a Append], cache: &mut Cache, now: DateTime<Utc>) -> Plan<'a> {
    let mut plan = Plan::default();
    let mut commands: HashMap<(Uuid, Uuid), (Hash, Answer)> = HashMap::new();
    // By clinic, so that two processes take the rows' locks in one order and cannot deadlock.
    let mut order: Vec<usize> = (0..batch.len()).collect();
    order.sort_by_key(|index| batch[*index].clinic);
    let mut answers: Vec<Option<Result<Answer, AppendError>>> = batch.iter().map(|_| None).collect();
    for index in order {
        let append = batch[index];
        let key = (append.clinic, append.command.id);
        answers[index] = Some(match commands.get(&key) {
            Some((hash, answer)) if *hash == append.command.request_hash => Ok(Answer { repeated: true, ..*answer }),
            Some(_) => Err(AppendError::CommandReused),
            None => plan.add(append, cache, now).inspect(|answer| {
                commands.insert(key, (append.command.request_hash, *answer));
            }),
        });
    }
    plan.answers = answers.into_iter().map(|answer| answer.unwrap_or(Err(AppendError::Busy))).collect();
    plan
}

impl<'a> Plan<'a> {
    fn add(&mut self, append: &'a Append, cache: &mut Cache, now: DateTime<Utc>) -> Result<Answer, AppendError> {
        let clinic = append.clinic;
        for guard in &append.guards {
            let actual = self.head(clinic, &guard.stream, cache).map_or(0, |head| head.sequence);
            if actual != guard.sequence {
                return Err(AppendError::GuardFailed {
                    stream: guard.stream.clone(),
                    expected: guard.sequence,
                    actual,
                });
            }
        }
        let mut heads = Vec::with_capacity(append.streams.len());
        for part in &append.streams {
            heads.push(self.expected_head(clinic, &part.stream, part.expected, cache)?);
        }
        // From here on nothing fails: all of the append is planned.
        let log = match self.logs.entry(clinic) {
            Entry::Occupied(planned) => planned.into_mut(),
            Entry::Vacant(place) => place.insert(cache.log(clinic).ok_or(AppendError::Busy)?.clone()),
        };
        let from = self.events.len();
        let first_position = log.tree.size();
        let recorded_at = now.trunc_subsecs(6).max(log.last_time.unwrap_or(DateTime::UNIX_EPOCH));
        let mut tiles = Vec::new();
        for (part, mut head) in append.streams.iter().zip(heads) {
            let tag = stream_tag(clinic, &part.stream);
            for draft in &part.events {
                let (sequence, prev_hash) = (head.sequence + 1, if head.sequence == 0 { tag } else { head.hash });
                let header = Header {
                    clinic,
                    stream: &part.stream,
                    sequence,
                    event_id: draft.event_id,
                    recorded_at,
                    event_type: draft.event_type,
                    event_version: draft.event_version,
                };
                let hash = event_hash(&header, &prev_hash, &draft.parts);
                let placed = PlacedRow { position: log.tree.size(), sequence, hash, recorded_at };
                log.tree.push(leaf_hash(&entry(&tag, sequence, &hash)), &mut tiles);
                self.events.push(EventRow { clinic, stream: &part.stream, prev_hash, placed, draft });
                head = Head { sequence, hash };
            }
            self.heads.insert((clinic, part.stream.clone()), head);
        }
        log.last_time = Some(recorded_at);
        self.tiles.extend(tiles.into_iter().map(|tile| (clinic, tile)));
        let to = self.events.len();
        let command = append.command;
        self.commands.push(CommandRow {
            clinic,
            id: command.id,
            request_hash: command.request_hash,
            first_position,
            count: to - from,
        });
        Ok(Answer { from, to, repeated: false })
    }

    fn head(&self, clinic: Uuid, stream: &Stream, cache: &mut Cache) -> Option<Head> {
        let key = (clinic, stream.clone());
        self.heads.get(&key).copied().or_else(|| cache.head(&key))
    }

    fn expected_head(
        &self,
        clinic: Uuid,
        stream: &Stream,
        expected: Expected,
        cache: &mut Cache,
    ) -> Result<Head, AppendError> {
        let head = self.head(clinic, stream, cache);
        let none = Head { sequence: 0, hash: [0; 32] };
        match (expected, head) {
            (Expected::Any, head) => Ok(head.unwrap_or(none)),
            (Expected::New, None) => Ok(none),
            (Expected::New, Some(head)) if head.sequence == 0 => Ok(none),
            (Expected::Exact(sequence) | Expected::After { sequence, .. }, Some(head)) if head.sequence == sequence => {
                Ok(head)
            }
            (Expected::After { sequence, hash }, None) => Ok(Head { sequence, hash }),
            (expected, head) => Err(AppendError::WrongVersion {
                stream: stream.clone(),
                expected,
                actual: head.map_or(0, |head| head.sequence),
            }),
        }
    }

    /// Signs each log's new head. One signature costs tens of microseconds: many are shared between two threads.
    pub fn sign(&mut self, cache: &mut Cache) {
        let heads: Vec<UnsignedHead<'_>> = self
            .logs
            .iter()
            .filter_map(|(clinic, log)| UnsignedHead::of(*clinic, cache.log(*clinic)?.tree.size(), log))
            .collect();
        let (left, right) = heads.split_at(if heads.len() < 4 { 0 } else { heads.len() / 2 });
        let mut rows: Vec<CheckpointRow> = std::thread::scope(|scope| {
            let other = (!left.is_empty()).then(|| scope.spawn(|| left.iter().map(UnsignedHead::sign).collect()));
            let rows: Vec<_> = right.iter().map(UnsignedHead::sign).collect();
            // Events must never be written without their head: a panic there ends this lane's batch here.
            let others: Vec<_> =
                other.map_or_else(Vec::new, |other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            rows.into_iter().chain(others).collect()
        });
        rows.sort_by_key(|row| row.clinic);
        self.checkpoints = rows;
    }
}

/// A log's new head before it is signed.
struct UnsignedHead<'a> {
    clinic: Uuid,
    size_before: u64,
    log: &'a Log,
}

impl<'a> UnsignedHead<'a> {
    /// `None` where the log did not grow.
    fn of(clinic: Uuid, size_before: u64, log: &'a Log) -> Option<Self> {
        (log.tree.size() > size_before).then_some(Self { clinic, size_before, log })
    }

    fn sign(&self) -> CheckpointRow {
        let (size, root, signer) = (self.log.tree.size(), self.log.tree.root(), &self.log.signer);
        let signature = signer.sign(&crate::checkpoint::text(signer.name(), size, &root));
        CheckpointRow { clinic: self.clinic, size_before: self.size_before, size, root, signature }
    }
}
