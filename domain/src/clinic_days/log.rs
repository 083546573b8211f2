//! A log in memory that keeps the ledger's promises: an append is all or nothing, and only while every stream it extends
//! ends where it was loaded and every fact it relies on still stands.

use chrono::{DateTime, NaiveDate, Utc};

use super::records::Records;
use crate::{PatientId, ProviderId, Request, Rules, SessionId, VisitId};
use crate::{Refusal, calendar, clinic, history, patient, provider, session, visit};

/// Whose facts stand in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    Clinic,
    Provider(ProviderId),
    Patient(PatientId),
    Visit(VisitId),
    Calendar(ProviderId, NaiveDate),
    Session(SessionId),
    /// An imported resource, by its number.
    History(u128),
}

/// An event of whichever aggregate.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Clinic(clinic::Event),
    Provider(provider::Event),
    Patient(patient::Event),
    Visit(visit::Event),
    Calendar(calendar::Event),
    Session(session::Event),
    History(history::Event),
}

macro_rules! facts {
    ($($kind:ident($event:path)),+) => {$(
        impl From<$event> for Fact {
            fn from(event: $event) -> Self {
                Fact::$kind(event)
            }
        }
    )+};
}
facts! {
    Clinic(clinic::Event), Provider(provider::Event), Patient(patient::Event), Visit(visit::Event),
    Calendar(calendar::Event), Session(session::Event), History(history::Event)
}

/// An aggregate as it was loaded for an attempt.
#[derive(Clone)]
pub struct Loaded<A> {
    pub stream: Stream,
    pub version: u64,
    pub state: A,
}

/// One aggregate's share of an append.
pub struct Part {
    stream: Stream,
    expected: Option<u64>,
    guard: (Stream, u64),
    facts: Vec<Fact>,
}

impl Part {
    /// The same, wherever its stream ends by then.
    pub fn wherever_it_ends(self) -> Self {
        Self { expected: None, ..self }
    }
}

impl<A> Loaded<A> {
    /// That it still is as it was loaded.
    pub fn guard(&self) -> (Stream, u64) {
        (self.stream, self.version)
    }
}

impl<A: Rules> Loaded<A>
where
    Fact: From<A::Event>,
{
    /// Its share, or the code of its refusal.
    pub fn decides(&self, request: Request<A::Command>) -> Result<Part, &'static str> {
        let events = self.state.decide(request).map_err(|refusal| refusal.code())?;
        let facts = events.into_iter().map(Fact::from).collect();
        Ok(Part { stream: self.stream, expected: Some(self.version), guard: self.guard(), facts })
    }
}

/// What one attempt at a command came to, and when it was decided.
pub struct Attempt {
    pub at: DateTime<Utc>,
    pub parts: Vec<Part>,
    pub guards: Vec<(Stream, u64)>,
}

/// Somebody else was quicker.
#[derive(Debug, PartialEq)]
pub struct Conflict;

/// Every fact of the clinic in one order, and what its streams add up to.
#[derive(Default)]
pub struct Log {
    pub facts: Vec<(Stream, Fact)>,
    pub records: Records,
}

impl Log {
    /// Appends all of it, or nothing.
    pub fn append(&mut self, attempt: Attempt) -> Result<&[(Stream, Fact)], Conflict> {
        let stands = |(stream, version): &(Stream, u64)| self.records.version(*stream) == *version;
        let ends = |part: &Part| match (part.expected, part.facts.is_empty()) {
            (Some(version), false) => self.records.version(part.stream) == version,
            (Some(_), true) => stands(&part.guard),
            (None, _) => true,
        };
        if !attempt.guards.iter().all(stands) || !attempt.parts.iter().all(ends) {
            return Err(Conflict);
        }
        let from = self.facts.len();
        for part in attempt.parts {
            for fact in part.facts {
                self.records.apply(part.stream, &fact);
                self.facts.push((part.stream, fact));
            }
        }
        Ok(&self.facts[from..])
    }
}
