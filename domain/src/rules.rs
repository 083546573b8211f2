//! The shape every aggregate shares: a decision is a pure function, applying an event never fails, a refusal has a code.

use crate::{Concerns, Request};

/// The rules of one aggregate, which is at the same time the state they decide on.
pub trait Rules: Concerns + Default + Clone {
    /// What can be asked of it.
    type Command;
    /// Why it may be refused.
    type Error: Refusal;

    /// The events that follow from a request, or why it is refused. Changes nothing.
    fn decide(&self, request: Request<Self::Command>) -> Result<Vec<Self::Event>, Self::Error>;

    /// The state after an event. An event is a fact: it is taken as it is, whatever the rules say today.
    fn evolve(&mut self, event: &Self::Event);

    /// The state after these events.
    fn replay<'a>(events: impl IntoIterator<Item = &'a Self::Event>) -> Self
    where
        Self::Event: 'a,
    {
        events.into_iter().fold(Self::default(), |mut state, event| {
            state.evolve(event);
            state
        })
    }
}

/// Why a command was refused. `Display` says in a plain sentence what was wrong and what would be right, without PHI.
pub trait Refusal: std::error::Error {
    /// Stable kebab-case code, part of the API's contract.
    fn code(&self) -> &'static str;
}
