//! Aggregates on the ledger: cqrs-es loads, decides and commits through a store made for one request, which carries who
//! acts, under which command id and on which version, and keeps what was written.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cqrs_es::{Aggregate, AggregateContext, AggregateError, CqrsFramework, EventEnvelope, EventStore};
use daybook_domain::{Catalogue, Concerns, DecodeError};
use uuid::Uuid;

use crate::append::{Append, AppendError, Appended, CommandKey, Expected, Guard, StreamAppend};
use crate::event::{Draft, Metadata, Unsealed};
use crate::format::{Hash, Stream};
use crate::ledger::Ledger;
use crate::sealing::RingError;

/// Decisions taken again after another writer was faster, before the caller is told.
const DECISIONS: usize = 8;

/// One command for one aggregate.
pub struct Execution<C> {
    pub clinic: Uuid,
    pub id: Uuid,
    pub command: C,
    pub key: CommandKey,
    /// The version the caller saw (`If-Match`); `None`: whatever it is.
    pub expected: Option<u64>,
    /// Facts of other streams the command relies on.
    pub guards: Vec<Guard>,
    pub metadata: Metadata,
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<E> {
    /// The domain refused it.
    #[error("{0}")]
    Refused(E),
    /// The aggregate is not at the version the caller named.
    #[error("the current version is {actual}, not {expected}")]
    Stale { expected: u64, actual: u64 },
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error("the event could not be sealed: {0}")]
    Seal(RingError),
    #[error("the database does not answer: {0}")]
    Database(String),
    #[error("a stored event cannot be read: {0}")]
    Decode(DecodeError),
}

/// Loads the aggregate, decides, appends; decides again if another writer was faster. A command that was carried out
/// before is answered with what it wrote then, whatever the aggregate's state is now.
pub async fn execute<A>(ledger: &Ledger, execution: Execution<A::Command>) -> Result<Appended, ExecuteError<A::Error>>
where
    A: Aggregate<Services = ()> + Concerns<Event = <A as Aggregate>::Event>,
    A::Command: Clone + Send + Sync,
    <A as Aggregate>::Event: Catalogue,
{
    let mut last = None;
    for _ in 0..DECISIONS {
        let store = Store { ledger, execution: &execution, outcome: Mutex::default() };
        let framework = CqrsFramework::<A, _>::new(&store, Vec::new(), ());
        let result = framework.execute(&execution.id.to_string(), execution.command.clone()).await;
        let outcome = store.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        let error = match (result, outcome) {
            (_, Some(Outcome::Appended(appended))) => return Ok(appended),
            (Err(AggregateError::UserError(error)), _) => ExecuteError::Refused(error),
            (_, Some(Outcome::Failed(error))) => error.widen(),
            (Err(error), None) => ExecuteError::Database(error.to_string()),
            (Ok(()), None) => ExecuteError::Append(AppendError::OutcomeUnknown),
        };
        match error {
            ExecuteError::Append(AppendError::WrongVersion { .. }) if execution.expected.is_none() => {
                last = Some(error)
            }
            ExecuteError::Append(AppendError::WrongVersion { actual, .. }) => {
                return repeated(
                    ledger,
                    &execution,
                    ExecuteError::Stale { expected: execution.expected.unwrap_or(0), actual },
                )
                .await;
            }
            ExecuteError::Refused(_)
            | ExecuteError::Stale { .. }
            | ExecuteError::Append(AppendError::GuardFailed { .. }) => {
                return repeated(ledger, &execution, error).await;
            }
            error => return Err(error),
        }
    }
    Err(last.unwrap_or(ExecuteError::Append(AppendError::Busy)))
}

/// A refusal may only mean that the command has already been carried out.
async fn repeated<C, E>(
    ledger: &Ledger,
    execution: &Execution<C>,
    refusal: ExecuteError<E>,
) -> Result<Appended, ExecuteError<E>> {
    match ledger.command(execution.clinic, execution.key).await {
        Ok(Some((hash, events))) if hash == execution.key.request_hash => Ok(Appended { events, repeated: true }),
        Ok(Some(_)) => Err(ExecuteError::Append(AppendError::CommandReused)),
        Ok(None) => Err(refusal),
        Err(error) => Err(ExecuteError::Database(error.to_string())),
    }
}

/// `ExecuteError` before the domain's error type is known.
type Failure = ExecuteError<std::convert::Infallible>;

impl Failure {
    fn widen<E>(self) -> ExecuteError<E> {
        match self {
            ExecuteError::Refused(never) => match never {},
            ExecuteError::Stale { expected, actual } => ExecuteError::Stale { expected, actual },
            ExecuteError::Append(error) => ExecuteError::Append(error),
            ExecuteError::Seal(error) => ExecuteError::Seal(error),
            ExecuteError::Database(error) => ExecuteError::Database(error),
            ExecuteError::Decode(error) => ExecuteError::Decode(error),
        }
    }
}

enum Outcome {
    Appended(Appended),
    Failed(Failure),
}

/// An event store for one request.
struct Store<'a, C> {
    ledger: &'a Ledger,
    execution: &'a Execution<C>,
    outcome: Mutex<Option<Outcome>>,
}

/// An aggregate as loaded: its state and where its stream ended.
pub struct Loaded<A> {
    aggregate: A,
    end: Option<(u64, Hash)>,
}

impl<A: Aggregate> AggregateContext<A> for Loaded<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.aggregate
    }
}

impl<C> Store<'_, C> {
    fn stream<A: Concerns>(&self) -> Stream {
        Stream::new(A::STREAM_TYPE, self.execution.id)
    }

    /// Keeps the exact failure for `execute`; cqrs-es gets a word of it.
    fn fail<E: std::error::Error>(&self, failure: Failure) -> AggregateError<E> {
        let text = failure.to_string();
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(Outcome::Failed(failure));
        AggregateError::UnexpectedError(text.into())
    }
}

/// cqrs-es' `execute` takes the store by value; the request keeps it by reference.
impl<A, C> EventStore<A> for &Store<'_, C>
where
    A: Aggregate + Concerns<Event = <A as Aggregate>::Event>,
    <A as Aggregate>::Event: Catalogue,
    C: Send + Sync,
{
    type AC = Loaded<A>;

    async fn load_events(&self, _: &str) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let loaded = self.ledger.load(self.execution.clinic, self.stream::<A>()).await;
        let recorded = loaded.map_err(|error| self.fail(ExecuteError::Database(error.to_string())))?;
        let envelopes = recorded.iter().map(|event| {
            Ok(EventEnvelope {
                aggregate_id: event.stream.id.to_string(),
                sequence: event.sequence as usize,
                payload: event.decode().map_err(|error| self.fail(ExecuteError::Decode(error)))?,
                metadata: event.metadata().into_iter().collect(),
            })
        });
        envelopes.collect()
    }

    async fn load_aggregate(&self, _: &str) -> Result<Loaded<A>, AggregateError<A::Error>> {
        let loaded = self.ledger.load(self.execution.clinic, self.stream::<A>()).await;
        let recorded = loaded.map_err(|error| self.fail(ExecuteError::Database(error.to_string())))?;
        let end = recorded.last().map(|event| (event.sequence, event.hash));
        let actual = end.map_or(0, |(sequence, _)| sequence);
        if let Some(expected) = self.execution.expected.filter(|expected| *expected != actual) {
            return Err(self.fail(ExecuteError::Stale { expected, actual }));
        }
        let mut aggregate = A::default();
        for event in recorded.iter() {
            aggregate.apply(event.decode().map_err(|error| self.fail(ExecuteError::Decode(error)))?);
        }
        Ok(Loaded { aggregate, end })
    }

    async fn commit(
        &self,
        events: Vec<<A as Aggregate>::Event>,
        context: Loaded<A>,
        _: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let (ledger, execution, stream) = (self.ledger, self.execution, self.stream::<A>());
        let mut drafts = Vec::with_capacity(events.len());
        for event in &events {
            let unsealed = Unsealed {
                event_id: ledger.ids().internal(),
                event_type: Catalogue::event_type(event),
                event_version: Catalogue::event_version(event),
                payload: event.payload(),
            };
            let subject = context.aggregate.concerns(event);
            let draft =
                Draft::seal(unsealed, execution.clinic, &stream, subject, &execution.metadata, ledger.sealer()).await;
            drafts.push(draft.map_err(|error| self.fail(ExecuteError::Seal(error)))?);
        }
        let expected = context.end.map_or(Expected::New, |(sequence, hash)| Expected::After { sequence, hash });
        let streams =
            if drafts.is_empty() { Vec::new() } else { vec![StreamAppend { stream, expected, events: drafts }] };
        let append =
            Append { clinic: execution.clinic, command: execution.key, streams, guards: execution.guards.clone() };
        let appended = ledger.append(append).await.map_err(|error| self.fail(ExecuteError::Append(error)))?;
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(Outcome::Appended(appended));
        // Read models follow the log, never this list.
        Ok(Vec::new())
    }
}
