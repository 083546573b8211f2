//! Writing a batch: load the streams it belongs to, let the domain decide, seal, append all of it at once.
//!
//! Each resource has a stream of its own with a derived id, and the append says where it believes each stream to end. So a
//! batch that was written before, wholly or in part, by this importer before it died or by another at the same time, is
//! found written: no resource gets a second fact of the same content.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use daybook_domain::history::{self, History};
use daybook_domain::patient::{self, Patient};
use daybook_domain::{Actor, Catalogue, Concerns, Refusal, Request, Rules, Subject};
use daybook_ledger::append::{Append, AppendError, Appended, CommandKey, Expected, StreamAppend};
use daybook_ledger::{Draft, Hash, Ledger, Metadata, Recorded, Stream, Unsealed};
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use crate::candidate::Candidate;
use crate::importer::ImportError;

/// Decisions taken again after another writer was faster.
const DECISIONS: usize = 8;
/// Tries of one append while the database is away, and the pause between them. Each waits ten seconds in the ledger too.
const TRIES: usize = 6;
const PAUSE: Duration = Duration::from_secs(1);
/// Data keys made at the same time.
const KEYS_AT_ONCE: usize = 8;

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new fact. `is_newest`: nothing newer is known of that patient; always so for other records.
    Imported { is_newest: bool },
    /// The same content was imported before.
    AlreadyThere { is_newest: bool },
    /// The domain's refusal, by its code.
    Refused(&'static str),
}

/// Writes batches of one import.
pub struct Writer<'a> {
    pub ledger: &'a Ledger,
    pub clinic: Uuid,
    pub actor: Actor,
    /// Metadata for a command.
    pub metadata: &'a (dyn Fn(Uuid) -> Metadata + Sync),
}

/// A stream the batch belongs to.
struct Open {
    state: State,
    end: Option<(u64, Hash)>,
    events: Vec<Fresh>,
}

enum State {
    Patient(Patient),
    History(History),
}

/// An event that was decided on.
struct Fresh {
    unsealed: Unsealed,
    subject: Option<Subject>,
}

impl Writer<'_> {
    /// What became of each candidate, in order, and the position of the newest event written. Durable when it returns.
    pub async fn write(&self, candidates: &[&Candidate]) -> Result<(Vec<Outcome>, Option<u64>), ImportError> {
        for _ in 0..DECISIONS {
            let mut open = self.load(candidates).await?;
            let outcomes = candidates.iter().map(|candidate| self.decide(candidate, &mut open));
            let outcomes: Vec<Outcome> = outcomes.collect::<Result<_, _>>()?;
            let outcomes =
                outcomes.into_iter().zip(candidates).map(|(outcome, candidate)| newest(outcome, candidate, &open));
            let outcomes: Vec<Outcome> = outcomes.collect();
            let command = CommandKey { id: self.ledger.ids().internal(), request_hash: [0; 32] };
            let streams = self.seal(open, candidates, command.id).await?;
            if streams.is_empty() {
                return Ok((outcomes, None));
            }
            let append = Append { clinic: self.clinic, command, streams, guards: Vec::new() };
            match self.append(append).await {
                Ok(appended) => return Ok((outcomes, appended.events.last().map(|event| event.position))),
                // Another writer was faster with one of the streams: look again.
                Err(AppendError::WrongVersion { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(AppendError::Busy.into())
    }

    async fn load(&self, candidates: &[&Candidate]) -> Result<HashMap<Stream, Open>, ImportError> {
        let mut open: HashMap<Stream, Open> = candidates
            .iter()
            .map(|candidate| {
                let state = match candidate {
                    Candidate::Patient(_) => State::Patient(Patient::default()),
                    Candidate::History(..) | Candidate::Directory(..) => State::History(History::default()),
                };
                (candidate.stream(), Open { state, end: None, events: Vec::new() })
            })
            .collect();
        let keys: Vec<(Uuid, Stream)> = open.keys().map(|stream| (self.clinic, stream.clone())).collect();
        for event in self.ledger.read_streams(&keys).await? {
            if let Some(open) = open.get_mut(&event.stream) {
                open.take(&event)?;
            }
        }
        Ok(open)
    }

    fn decide(&self, candidate: &Candidate, open: &mut HashMap<Stream, Open>) -> Result<Outcome, ImportError> {
        let Some(open) = open.get_mut(&candidate.stream()) else { return Err(ImportError::Stream) };
        let at = self.ledger.clock().now();
        let ids = self.ledger.ids();
        match (&mut open.state, candidate) {
            (State::Patient(state), Candidate::Patient(read)) => {
                let command = patient::Command::Import(read.clone());
                decide(state, Request { at, actor: self.actor.clone(), command }, ids, &mut open.events)
            }
            (State::History(state), Candidate::History(_, read)) => {
                let command = history::Command::Import(read.clone());
                decide(state, Request { at, actor: self.actor.clone(), command }, ids, &mut open.events)
            }
            (State::History(state), Candidate::Directory(_, read)) => {
                let command = history::Command::ImportDirectory(read.clone());
                decide(state, Request { at, actor: self.actor.clone(), command }, ids, &mut open.events)
            }
            // A stream's type says which.
            _ => Err(ImportError::Stream),
        }
    }

    /// Seals the new events, stream by stream in the order of the batch. Events of one subject one after the other: the
    /// first makes the subject's key, where there is none.
    async fn seal(
        &self,
        mut open: HashMap<Stream, Open>,
        candidates: &[&Candidate],
        command: Uuid,
    ) -> Result<Vec<StreamAppend>, ImportError> {
        let metadata = (self.metadata)(command);
        let mut parts: Vec<StreamAppend> = Vec::new();
        let mut by_subject: BTreeMap<Option<Subject>, Vec<(usize, Stream, Unsealed)>> = BTreeMap::new();
        for candidate in candidates {
            let stream = candidate.stream();
            let Some(opened) = open.remove(&stream).filter(|opened| !opened.events.is_empty()) else { continue };
            let expected = opened.end.map_or(Expected::New, |(sequence, hash)| Expected::After { sequence, hash });
            parts.push(StreamAppend { stream: stream.clone(), expected, events: Vec::new() });
            for event in opened.events {
                by_subject.entry(event.subject).or_default().push((parts.len() - 1, stream.clone(), event.unsealed));
            }
        }
        let sealing = by_subject.into_iter().map(|(subject, events)| {
            let metadata = &metadata;
            async move {
                let mut drafts = Vec::with_capacity(events.len());
                for (part, stream, event) in events {
                    let sealer = self.ledger.sealer();
                    drafts.push((part, Draft::seal(event, self.clinic, &stream, subject, metadata, sealer).await?));
                }
                Ok::<_, ImportError>(drafts)
            }
        });
        let sealed: Vec<Vec<(usize, Draft)>> =
            stream::iter(sealing).buffer_unordered(KEYS_AT_ONCE).try_collect().await?;
        // Events of one stream have one subject, so each group has them in order.
        sealed.into_iter().flatten().for_each(|(part, draft)| parts[part].events.push(draft));
        Ok(parts)
    }

    /// The same append again while the database is away: its command says whether it was written.
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let mut tries = 1;
        loop {
            match self.ledger.append(append.clone()).await {
                Err(AppendError::OutcomeUnknown | AppendError::Unavailable(_) | AppendError::Busy) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                outcome => return outcome,
            }
        }
    }
}

impl Open {
    fn take(&mut self, event: &Recorded) -> Result<(), ImportError> {
        match &mut self.state {
            State::Patient(state) => state.evolve(&event.decode()?),
            State::History(state) => state.evolve(&event.decode()?),
        }
        self.end = Some((event.sequence, event.hash));
        Ok(())
    }
}

fn decide<A>(
    state: &mut A,
    request: Request<A::Command>,
    ids: &dyn daybook_ledger::Ids,
    events: &mut Vec<Fresh>,
) -> Result<Outcome, ImportError>
where
    A: Rules + Concerns,
    <A as Concerns>::Event: Catalogue,
{
    let decided = match state.decide(request) {
        Ok(decided) => decided,
        Err(refusal) => return Ok(Outcome::Refused(refusal.code())),
    };
    let is_new = !decided.is_empty();
    for event in decided {
        state.evolve(&event);
        events.push(Fresh {
            unsealed: Unsealed {
                event_id: ids.internal(),
                event_type: event.event_type(),
                event_version: event.event_version(),
                payload: event.payload(),
            },
            subject: state.concerns(&event),
        });
    }
    Ok(if is_new { Outcome::Imported { is_newest: true } } else { Outcome::AlreadyThere { is_newest: true } })
}

/// Whether a patient's record is the newest is known only once the whole batch was decided.
fn newest(outcome: Outcome, candidate: &Candidate, open: &HashMap<Stream, Open>) -> Outcome {
    let Candidate::Patient(read) = candidate else { return outcome };
    let is_newest = match open.get(&candidate.stream()).map(|open| &open.state) {
        Some(State::Patient(state)) => state.was_last_imported_as(&read.origin.content_key),
        _ => false,
    };
    match outcome {
        Outcome::Imported { .. } => Outcome::Imported { is_newest },
        Outcome::AlreadyThere { .. } => Outcome::AlreadyThere { is_newest },
        refused => refused,
    }
}
