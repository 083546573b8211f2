//! Ending a visit.

use chrono::{DateTime, Utc};

use super::{End, Ended};
use crate::Actor;
use crate::visit::{Error, Event, State, Visit};

impl Visit {
    pub(in crate::visit) fn end(&self, command: End, at: DateTime<Utc>, actor: &Actor) -> Result<Event, Error> {
        self.require(&[State::Admitted], "end", "a visit ends once, after the patient was admitted")?;
        self.require_own_provider(actor, "end")?;
        Ok(Ended { outcome: command.outcome, ended_at: at }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};

    #[test]
    fn this_visits_provider_ends_it_once() {
        given::<Visit>(story(State::Admitted)).when(Role::Provider, end()).then([ended()]);
        given::<Visit>(story(State::Admitted)).when(Role::FrontDesk, end()).refused("not-this-visits-provider");
        given::<Visit>(story(State::CheckedIn)).when(Role::Provider, end()).refused("wrong-state");
        given::<Visit>(story(State::Ended)).when(Role::Provider, end()).refused("wrong-state");
    }
}
