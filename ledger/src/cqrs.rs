//! Carrying out a command: an attempt loads what it needs and says what is to be done; cqrs-es decides on the main
//! aggregate through a store made for that attempt; everything goes into one append. Whoever loses a race attempts anew,
//! from the loading on, so that the answer is always one to the state of things and never to the race.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use cqrs_es::{Aggregate, AggregateContext, AggregateError, CqrsFramework, EventEnvelope, EventStore};
use daybook_domain::{Concerns, Request, Rules};
use uuid::Uuid;

use crate::aggregate::LoadError;
use crate::append::{Append, AppendError, Appended, CommandKey, StreamAppend};
use crate::event::{Draft, Metadata, Unsealed};
use crate::intent::{Context, Happened, Intent, Part, Refused};
use crate::ledger::Ledger;
use crate::sealing::RingError;

/// Attempts at one command, each after another writer was faster, before the caller is told.
const ATTEMPTS: usize = 8;

/// An aggregate of cqrs-es whose rules are the domain's.
pub trait Executable:
    Rules<Error: Send + Sync + 'static>
    + Aggregate<
        Services = (),
        Command = Request<<Self as Rules>::Command>,
        Event = <Self as Concerns>::Event,
        Error = <Self as Rules>::Error,
    >
{
}

impl<A> Executable for A where
    A: Rules<Error: Send + Sync + 'static>
        + Aggregate<
            Services = (),
            Command = Request<<A as Rules>::Command>,
            Event = <A as Concerns>::Event,
            Error = <A as Rules>::Error,
        >
{
}

/// What stays the same through all attempts at a command.
#[derive(Clone, Copy, Debug)]
pub struct Execution {
    pub clinic: Uuid,
    pub key: CommandKey,
    /// The version of the main aggregate the caller saw (`If-Match`); `None`: whatever it is.
    pub expected: Option<u64>,
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The domain refused it.
    #[error("{0}")]
    Refused(Refused),
    /// The main aggregate is not at the version the caller named.
    #[error("the current version is {actual}, not {expected}")]
    Stale { expected: u64, actual: u64 },
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error("the event could not be sealed: {0}")]
    Seal(#[from] RingError),
}

/// Attempts a command until nobody was faster. `attempt` loads what the command is about, and makes of it what is to be
/// done, or says why nothing is; it is asked again after a lost race, because all it saw may have changed. A command that
/// was carried out before is answered with what it wrote then, whatever the rules say of the state it left.
pub async fn execute<A, E, F>(ledger: &Ledger, execution: Execution, attempt: impl Fn() -> F) -> Result<Appended, E>
where
    A: Executable,
    E: From<ExecuteError>,
    F: Future<Output = Result<Intent<A>, E>>,
{
    let mut lost = AppendError::Busy;
    for _ in 0..ATTEMPTS {
        match carry_out(ledger, execution, attempt().await?).await {
            Ok(appended) => return Ok(appended),
            Err(ExecuteError::Append(race @ (AppendError::WrongVersion { .. } | AppendError::GuardFailed { .. }))) => {
                lost = race
            }
            Err(refusal @ (ExecuteError::Refused(_) | ExecuteError::Stale { .. })) => {
                return repeated(ledger, execution).await?.ok_or_else(|| refusal.into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(ExecuteError::Append(lost).into())
}

/// What a command wrote, if it was carried out before: a refusal may mean no more than that.
pub async fn repeated(ledger: &Ledger, execution: Execution) -> Result<Option<Appended>, ExecuteError> {
    let found = ledger.command(execution.clinic, execution.key).await;
    match found.map_err(|error| LoadError::Database(error.into()))? {
        Some((hash, events)) if hash == execution.key.request_hash => Ok(Some(Appended { events, repeated: true })),
        Some(_) => Err(AppendError::CommandReused.into()),
        None => Ok(None),
    }
}

/// One attempt.
async fn carry_out<A: Executable>(
    ledger: &Ledger,
    execution: Execution,
    intent: Intent<A>,
) -> Result<Appended, ExecuteError> {
    let Intent { request, context } = intent;
    let (id, actual) = (context.main.stream().id.to_string(), context.main.sequence());
    if let Some(expected) = execution.expected.filter(|expected| *expected != actual) {
        return Err(ExecuteError::Stale { expected, actual });
    }
    let store = Store { ledger, execution, context: Mutex::new(Some(context)), outcome: Mutex::default() };
    let result = CqrsFramework::<A, _>::new(&store, Vec::new(), ()).execute(&id, request).await;
    let outcome = store.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (result, outcome) {
        (_, Some(outcome)) => outcome,
        (Err(AggregateError::UserError(refusal)), None) => Err(ExecuteError::Refused(Box::new(refusal))),
        // Of what goes on between cqrs-es and the store nothing else ends without an outcome.
        (_, None) => Err(AppendError::OutcomeUnknown.into()),
    }
}

/// An event store for one attempt: cqrs-es loads from it what the attempt has loaded, and commits to it what was decided.
struct Store<'a, A> {
    ledger: &'a Ledger,
    execution: Execution,
    /// Until cqrs-es loads it.
    context: Mutex<Option<Context<A>>>,
    /// Once cqrs-es has committed: cqrs-es itself is told no more than a word.
    outcome: Mutex<Option<Result<Appended, ExecuteError>>>,
}

impl<A: Executable> AggregateContext<A> for Context<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.main.state
    }
}

/// cqrs-es' framework takes the store by value; the attempt keeps it by reference.
impl<A: Executable> EventStore<A> for &Store<'_, A> {
    type AC = Context<A>;

    async fn load_events(&self, _: &str) -> Result<Vec<EventEnvelope<A>>, AggregateError<<A as Rules>::Error>> {
        Err(AggregateError::UnexpectedError("events are loaded before there is a store".into()))
    }

    async fn load_aggregate(&self, _: &str) -> Result<Context<A>, AggregateError<<A as Rules>::Error>> {
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner).take();
        context.ok_or_else(|| AggregateError::UnexpectedError("an attempt decides once".into()))
    }

    async fn commit(
        &self,
        events: Vec<<A as Concerns>::Event>,
        context: Context<A>,
        _: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<<A as Rules>::Error>> {
        let main = Part::of(&context.main, &events);
        let outcome = self.append(main, context).await;
        // Read models follow the log, never this list.
        let told = match &outcome {
            Ok(_) => Ok(Vec::new()),
            Err(error) => Err(AggregateError::UnexpectedError(error.to_string().into())),
        };
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        told
    }
}

impl<A: Executable> Store<'_, A> {
    /// Appends what the main aggregate and its companions decided, all or nothing. Who decided on no events has still
    /// been relied on. The main aggregate comes last, so that whoever asks a view for the position of its last event
    /// finds its companions' events there too.
    async fn append(&self, main: Part, context: Context<A>) -> Result<Appended, ExecuteError> {
        let Context { metadata, companions, mut guards, .. } = context;
        if main.events.is_empty() && !companions.is_empty() {
            return Err(AppendError::Invalid("a command with companions changes its main aggregate").into());
        }
        let parts = companions.into_iter().map(|companion| companion.0).chain([Ok(main)]);
        let parts: Vec<Part> = parts.collect::<Result<_, Refused>>().map_err(ExecuteError::Refused)?;
        let mut streams = Vec::with_capacity(parts.len());
        for part in parts {
            if part.events.is_empty() {
                guards.push(part.guard);
            } else {
                streams.push(self.seal(part, &metadata).await?);
            }
        }
        let Execution { clinic, key: command, .. } = self.execution;
        Ok(self.ledger.append(Append { clinic, command, streams, guards }).await?)
    }

    async fn seal(&self, part: Part, metadata: &Metadata) -> Result<StreamAppend, ExecuteError> {
        let (ledger, Part { stream, expected, events, .. }) = (self.ledger, part);
        let mut drafts = Vec::with_capacity(events.len());
        for Happened { event_type, event_version, payload, subject } in events {
            let event = Unsealed { event_id: ledger.ids().internal(), event_type, event_version, payload };
            drafts.push(Draft::seal(event, self.execution.clinic, &stream, subject, metadata, ledger.sealer()).await?);
        }
        Ok(StreamAppend { stream, expected, events: drafts })
    }
}
