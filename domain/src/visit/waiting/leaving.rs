//! Leaving without being seen.

use super::{LeaveWaitingRoom, LeftWaitingRoom};
use crate::Phi;
use crate::visit::{Error, Event, State, Visit};

impl Visit {
    pub(in crate::visit) fn leave_waiting_room(&self, command: LeaveWaitingRoom) -> Result<Event, Error> {
        const HERE_UNSEEN: [State; 4] = [State::Arrived, State::CheckedIn, State::Roomed, State::Held];
        self.require(
            &HERE_UNSEEN,
            "leave-waiting-room",
            "only a patient who is here and not yet admitted leaves unseen",
        )?;
        Ok(LeftWaitingRoom { reason: command.reason.map(Phi::Clear) }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::given::given;
    use crate::visit::example::{commands::*, events::*, story};

    #[test]
    fn leaving_unseen_is_not_the_end_of_the_visit() {
        for state in [State::Arrived, State::CheckedIn, State::Roomed, State::Held] {
            given::<Visit>(story(state)).when(Role::FrontDesk, leave_waiting_room()).then([left_waiting_room()]);
        }
        given::<Visit>(story(State::Admitted)).when(Role::FrontDesk, leave_waiting_room()).refused("wrong-state");
        given::<Visit>(story(State::Left)).when(Role::Patient, arrive()).then([arrived(true)]);
        given::<Visit>(story(State::Left)).when(Role::FrontDesk, cancel()).then([cancelled()]);
    }
}
