//! Being put on hold, and returning.

use super::{Held, Hold, ReturnedToWaiting};
use crate::Phi;
use crate::visit::{Error, Event, State, Visit};

impl Visit {
    pub(in crate::visit) fn hold(&self, command: Hold) -> Result<Event, Error> {
        self.require(&[State::CheckedIn], "hold", "only a waiting patient can be put on hold")?;
        Ok(Held { reason: command.reason, details: command.details.map(Phi::Clear) }.into())
    }

    pub(in crate::visit) fn return_to_waiting(&self) -> Result<Event, Error> {
        self.require(&[State::Held], "return-to-waiting", "only a patient on hold returns to waiting")?;
        Ok(ReturnedToWaiting {}.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};

    #[test]
    fn only_who_waits_is_held_and_only_who_is_held_returns() {
        let (waiting, on_hold) = (story(State::CheckedIn), story(State::Held));
        given::<Visit>(waiting.clone()).when(Role::FrontDesk, hold()).then([held()]);
        given::<Visit>(on_hold.clone()).when(Role::FrontDesk, hold()).refused("wrong-state");
        given::<Visit>(on_hold.clone()).when(Role::FrontDesk, return_to_waiting()).then([returned_to_waiting()]);
        given::<Visit>(waiting).when(Role::FrontDesk, return_to_waiting()).refused("wrong-state");
        let returned = on_hold.into_iter().chain([returned_to_waiting()]);
        given::<Visit>(returned).when(Role::Provider, admit()).then([admitted()]);
    }
}
