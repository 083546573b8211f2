//! What one attempt at a command is about to do: the command on its main aggregate, the companions decided beside it, and
//! the facts all of it relies on. It becomes one append, all or nothing.

use daybook_domain::{Catalogue, Concerns, Refusal, Request, Rules, Subject};
use serde_json::Value;

use crate::aggregate::Loaded;
use crate::append::{Expected, Guard};
use crate::event::Metadata;
use crate::format::Stream;

/// A rule's refusal, of whichever aggregate.
pub type Refused = Box<dyn Refusal + Send + Sync>;

/// A command on what was loaded for it. Good for one attempt: after a lost race all of it is made anew.
pub struct Intent<A: Rules> {
    pub(crate) request: Request<A::Command>,
    pub(crate) context: Context<A>,
}

/// What the request is decided on, and what is appended with its events.
pub(crate) struct Context<A> {
    pub main: Loaded<A>,
    pub metadata: Metadata,
    pub companions: Vec<Companion>,
    pub guards: Vec<Guard>,
}

impl<A: Rules> Intent<A> {
    /// The command on its main aggregate. The metadata goes with every event of the append.
    pub fn new(main: Loaded<A>, request: Request<A::Command>, metadata: Metadata) -> Self {
        Self { request, context: Context { main, metadata, companions: Vec::new(), guards: Vec::new() } }
    }

    /// The same, with what further aggregates decided.
    pub fn together_with(mut self, companions: impl IntoIterator<Item = Companion>) -> Self {
        self.context.companions.extend(companions);
        self
    }

    /// The same, as long as these facts of other streams still hold.
    pub fn relying_on(mut self, facts: impl IntoIterator<Item = Guard>) -> Self {
        self.context.guards.extend(facts);
        self
    }
}

/// A further aggregate of a command, having decided. Its refusal is the command's, unless the main aggregate refuses too:
/// then that one's is told.
pub struct Companion(pub(crate) Result<Part, Refused>);

impl Companion {
    /// The same, appended wherever its stream ends by then: for what depends on nothing that others write there, so that
    /// they never make each other attempt anew.
    pub fn wherever_it_ends(self) -> Self {
        Self(self.0.map(|part| Part { expected: Expected::Any, ..part }))
    }
}

impl<A: Rules> Loaded<A>
where
    A::Error: Send + Sync + 'static,
{
    /// Lets it decide as companion of another aggregate's command.
    pub fn decides(self, request: Request<A::Command>) -> Companion {
        Companion(self.decide_events(request).map_err(|refusal| Box::new(refusal) as Refused))
    }

    fn decide_events(mut self, request: Request<A::Command>) -> Result<Part, A::Error> {
        let events = self.state.decide(request)?;
        events.iter().for_each(|event| self.state.evolve(event));
        Ok(Part::of(&self, &events))
    }
}

/// One aggregate's share of an append.
pub(crate) struct Part {
    pub stream: Stream,
    pub expected: Expected,
    /// That nothing happened meanwhile: takes the place of the expectation where there are no events.
    pub guard: Guard,
    pub events: Vec<Happened>,
}

/// An event that was decided and is not yet sealed.
pub(crate) struct Happened {
    pub event_type: &'static str,
    pub event_version: &'static str,
    pub payload: Value,
    pub subject: Option<Subject>,
}

impl Part {
    /// Of an aggregate whose state is the one after these events: a stream's first event may say whom it concerns.
    pub fn of<A: Concerns>(after: &Loaded<A>, events: &[A::Event]) -> Self {
        let happened = |event: &A::Event| Happened {
            event_type: event.event_type(),
            event_version: event.event_version(),
            payload: event.payload(),
            subject: after.concerns(event),
        };
        let events = events.iter().map(happened).collect();
        Self { stream: after.stream().clone(), expected: after.expected(), guard: after.guard(), events }
    }
}
