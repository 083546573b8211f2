//! Aggregates as their streams tell them, each with the end of its stream: whatever is decided on one is appended only
//! where that stream still ends.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use daybook_domain::{Catalogue, DecodeError, Rules};
use uuid::Uuid;

use crate::append::{Expected, Guard};
use crate::format::{Hash, Stream};
use crate::ledger::Ledger;
use crate::loader::History;

/// Why an aggregate could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error("the database does not answer: {0}")]
    Database(Arc<sqlx::Error>),
    #[error("a stored event cannot be read: {0}")]
    Decode(DecodeError),
}

/// An aggregate and where its stream ended when it was loaded.
#[derive(Clone, Debug)]
pub struct Loaded<A> {
    stream: Stream,
    end: Option<(u64, Hash)>,
    pub(crate) state: A,
}

impl<A> Deref for Loaded<A> {
    type Target = A;
    fn deref(&self) -> &A {
        &self.state
    }
}

impl<A: Rules> Loaded<A> {
    /// An aggregate under an id that was just made: nothing is there to be loaded. If there were, the append would refuse.
    pub fn fresh(id: Uuid) -> Self {
        Self { stream: Stream::new(A::STREAM_TYPE, id), end: None, state: A::default() }
    }
}

impl<A> Loaded<A> {
    /// Its stream.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Only what it tells, no longer where its stream ended.
    pub fn into_state(self) -> A {
        self.state
    }

    /// Whether anything ever happened to it in this clinic.
    pub fn exists(&self) -> bool {
        self.end.is_some()
    }

    /// The last event's place in the stream; 0 where there is none.
    pub fn sequence(&self) -> u64 {
        self.end.map_or(0, |(sequence, _)| sequence)
    }

    /// That nothing has happened to it since: for a decision on another aggregate that relies on what this one says.
    pub fn guard(&self) -> Guard {
        Guard { stream: self.stream.clone(), sequence: self.sequence() }
    }

    pub(crate) fn expected(&self) -> Expected {
        self.end.map_or(Expected::New, |(sequence, hash)| Expected::After { sequence, hash })
    }
}

/// What is loaded by one query: an aggregate, or two such things, and so any number.
pub trait Load: Sized {
    /// The ids of the streams, in the same shape.
    type Ids;
    /// Names the streams.
    fn name(ids: &Self::Ids, streams: &mut Vec<Stream>);
    /// What the streams tell.
    fn fold(ids: Self::Ids, histories: &Histories) -> Result<Self, LoadError>;
}

/// What was found of the streams that were named.
pub struct Histories(HashMap<Stream, History>);

impl<A: Rules> Load for Loaded<A> {
    type Ids = Uuid;

    fn name(id: &Uuid, streams: &mut Vec<Stream>) {
        streams.push(Stream::new(A::STREAM_TYPE, *id));
    }

    fn fold(id: Uuid, histories: &Histories) -> Result<Self, LoadError> {
        let mut loaded = Self::fresh(id);
        for event in histories.0.get(&loaded.stream).iter().flat_map(|history| history.iter()) {
            let decoded = A::Event::decode(&event.event_type, &event.event_version, &event.payload);
            loaded.state.evolve(&decoded.map_err(LoadError::Decode)?);
            loaded.end = Some((event.sequence, event.hash));
        }
        Ok(loaded)
    }
}

impl<X: Load, Y: Load> Load for (X, Y) {
    type Ids = (X::Ids, Y::Ids);

    fn name((x, y): &Self::Ids, streams: &mut Vec<Stream>) {
        X::name(x, streams);
        Y::name(y, streams);
    }

    fn fold((x, y): Self::Ids, histories: &Histories) -> Result<Self, LoadError> {
        Ok((X::fold(x, histories)?, Y::fold(y, histories)?))
    }
}

impl<L: Load> Load for Vec<L> {
    type Ids = Vec<L::Ids>;

    fn name(ids: &Self::Ids, streams: &mut Vec<Stream>) {
        ids.iter().for_each(|id| L::name(id, streams));
    }

    fn fold(ids: Self::Ids, histories: &Histories) -> Result<Self, LoadError> {
        ids.into_iter().map(|id| L::fold(id, histories)).collect()
    }
}

/// Loads one or several aggregates of a clinic as they stood at one moment, in one query, which loads that arrive together
/// share. One that does not exist, or is another clinic's, is found as if nothing had happened to it.
pub async fn load<L: Load>(ledger: &Ledger, clinic: Uuid, ids: L::Ids) -> Result<L, LoadError> {
    let mut streams = Vec::new();
    L::name(&ids, &mut streams);
    let histories = ledger.load(clinic, streams.clone()).await.map_err(LoadError::Database)?;
    L::fold(ids, &Histories(streams.into_iter().zip(histories).collect()))
}
