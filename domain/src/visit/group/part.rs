//! When a visit takes part in a group session. Whether the session has a place is the session's to say, in the same append.

use super::{JoinSession, LeaveSession, SessionJoined, SessionLeft};
use crate::visit::decide::require_role;
use crate::visit::{Error, Event, State, Visit};
use crate::{Actor, Role};

const WHO: [Role; 2] = [Role::FrontDesk, Role::Provider];
const STAFF: &str = "the front desk and providers";

impl Visit {
    /// Whoever waits or was admitted: each patient has passed the door on their own.
    pub(in crate::visit) fn join_session(&self, command: JoinSession, actor: &Actor) -> Result<Event, Error> {
        self.require(
            &[State::CheckedIn, State::Roomed, State::Admitted],
            "join-session",
            "a visit joins a group session from the waiting room, or once admitted",
        )?;
        require_role(actor, &WHO, "join-session", STAFF)?;
        if self.session().is_some() {
            return Err(Error::AlreadyInASession);
        }
        Ok(SessionJoined { session_id: command.session_id }.into())
    }

    pub(in crate::visit) fn leave_session(&self, _: LeaveSession, actor: &Actor) -> Result<Event, Error> {
        require_role(actor, &WHO, "leave-session", STAFF)?;
        let session_id = self.session().ok_or(Error::InNoSession)?;
        Ok(SessionLeft { session_id }.into())
    }

    /// A place in a session is one with this provider at this time: who keeps it is not moved, handed over or called off.
    pub(in crate::visit) fn require_no_session(&self) -> Result<(), Error> {
        if self.session().is_some() { Err(Error::InASession) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;
    use crate::given::{given, id};
    use crate::session::example::SESSION;
    use crate::visit::example::{commands::*, events::*, story};

    #[test]
    fn who_waits_or_was_admitted_takes_part_in_one_session_at_a_time() {
        for state in [State::CheckedIn, State::Roomed, State::Admitted] {
            given::<Visit>(story(state)).when(Role::FrontDesk, join_session()).then([session_joined()]);
        }
        let inside: Vec<_> = story(State::Admitted).into_iter().chain([session_joined()]).collect();
        assert_eq!(Visit::replay(&inside).session(), Some(id(SESSION)));
        given::<Visit>(inside.clone()).when(Role::FrontDesk, join_session()).refused("already-in-a-session");
        given::<Visit>(inside.clone()).when(Role::Provider, leave_session()).then([session_left()]);
        let outside: Vec<_> = inside.into_iter().chain([session_left()]).collect();
        assert_eq!(Visit::replay(&outside).session(), None);
        given::<Visit>(outside.clone()).when(Role::Provider, leave_session()).refused("in-no-session");
        given::<Visit>(outside).when(Role::Provider, join_session()).then([session_joined()]);
    }

    #[test]
    fn nobody_joins_who_has_not_passed_the_door_and_only_staff_lets_them() {
        for state in [State::Scheduled, State::Arrived, State::Held, State::Ended] {
            given::<Visit>(story(state)).when(Role::FrontDesk, join_session()).refused("wrong-state");
        }
        let waiting = given::<Visit>(story(State::CheckedIn));
        for role in [Role::Patient, Role::Billing, Role::System] {
            waiting.when(role, join_session()).refused("role-not-permitted");
            waiting.when(role, leave_session()).refused("role-not-permitted");
        }
    }

    #[test]
    fn who_has_a_place_leaves_it_before_the_visit_is_moved_handed_over_or_called_off() {
        let inside = [story(State::CheckedIn), vec![session_joined()]].concat();
        for command in [reschedule(), hand_over(), cancel()] {
            given::<Visit>(inside.clone()).when(Role::FrontDesk, command.clone()).refused("in-a-session");
            let outside = [inside.clone(), vec![session_left()]].concat();
            assert_eq!(given::<Visit>(outside).when(Role::FrontDesk, command).events().len(), 1);
        }
    }
}
