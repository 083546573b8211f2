//! When a group session is set up, who takes part, and when it is over.

use super::{
    Command, Event, NewSession, OpenSession, SeatVisit, Session, SessionClosed, SessionOpened, VisitJoinedSession,
    VisitLeftSession,
};
use crate::{Actor, Refusal, Request, Rules, VisitId};

/// A group of one is a visit, and one of more than this is a lecture.
const CAPACITY: std::ops::RangeInclusive<u16> = 2..=50;

/// Why a request about a group session is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The stream has a session already.
    #[error("this session is set up already; set up another one")]
    AlreadyOpened,
    /// The stream has no session.
    #[error("there is no such session")]
    UnknownSession,
    /// Nobody of that id.
    #[error("the provider is not registered in this clinic; register the provider first")]
    UnknownProvider,
    /// Too few or too many places.
    #[error("a session has between 2 and 50 places")]
    CapacityOutOfRange,
    /// It is over.
    #[error("the session is closed; set up another one")]
    SessionClosed,
    /// No place is left.
    #[error("every place of the session is taken")]
    SessionFull,
    /// Somebody else treats in the visit.
    #[error("the session is led by another provider than the one who treats in this visit")]
    AnotherProvider,
    /// It takes part already.
    #[error("this visit takes part in the session already")]
    AlreadySeated,
    /// It does not take part.
    #[error("this visit takes no part in the session")]
    NotSeated,
}

impl Refusal for Error {
    fn code(&self) -> &'static str {
        match self {
            Error::AlreadyOpened => "already-opened",
            Error::UnknownSession => "unknown-session",
            Error::UnknownProvider => "unknown-provider",
            Error::CapacityOutOfRange => "capacity-out-of-range",
            Error::SessionClosed => "session-closed",
            Error::SessionFull => "session-full",
            Error::AnotherProvider => "session-of-another-provider",
            Error::AlreadySeated => "already-in-session",
            Error::NotSeated => "not-in-session",
        }
    }
}

impl Rules for Session {
    type Command = Command;
    type Error = Error;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Event>, Error> {
        let event = match request.command {
            Command::Open(command, new) => self.open(command, new, &request.actor)?,
            Command::Seat(visit) => self.seat(visit)?,
            Command::Unseat(visit) => self.unseat(visit)?,
            Command::Close(_) => self.close(&request.actor)?,
        };
        Ok(vec![event])
    }

    fn evolve(&mut self, event: &Event) {
        self.apply_event(event);
    }
}

impl Session {
    fn open(&self, command: OpenSession, new: NewSession, actor: &Actor) -> Result<Event, Error> {
        if self.id().is_some() {
            return Err(Error::AlreadyOpened);
        }
        if !new.provider_registered {
            return Err(Error::UnknownProvider);
        }
        let OpenSession { provider_id, starts_at, capacity } = command;
        if !CAPACITY.contains(&capacity) {
            return Err(Error::CapacityOutOfRange);
        }
        Ok(SessionOpened { session_id: new.session_id, provider_id, starts_at, capacity, opened_by: actor.role }.into())
    }

    /// Its visits are all treated in by who leads it: nobody is in a room with a provider who is none of theirs.
    fn seat(&self, visit: SeatVisit) -> Result<Event, Error> {
        self.require_open()?;
        if visit.provider_id.is_none() || visit.provider_id != self.provider() {
            return Err(Error::AnotherProvider);
        }
        if self.visits().contains(&visit.visit_id) {
            return Err(Error::AlreadySeated);
        }
        if self.visits().len() >= usize::from(self.capacity()) {
            return Err(Error::SessionFull);
        }
        Ok(VisitJoinedSession { visit_id: visit.visit_id }.into())
    }

    /// Also of a session that is over: the visit goes on without it.
    fn unseat(&self, visit_id: VisitId) -> Result<Event, Error> {
        if !self.visits().contains(&visit_id) {
            return Err(Error::NotSeated);
        }
        Ok(VisitLeftSession { visit_id }.into())
    }

    fn close(&self, actor: &Actor) -> Result<Event, Error> {
        self.require_open()?;
        Ok(SessionClosed { closed_by: actor.role }.into())
    }

    fn require_open(&self) -> Result<(), Error> {
        match (self.id(), self.is_closed()) {
            (None, _) => Err(Error::UnknownSession),
            (_, true) => Err(Error::SessionClosed),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Role;
    use crate::given::{actor, given, id, now};
    use crate::session::example::{ONE, close, closed, joined, left, open, opened, seat, unseat};

    #[test]
    fn a_session_is_set_up_once_with_places_for_a_group() {
        given::<Session>([]).when(Role::FrontDesk, open(8)).then([opened(8)]);
        given::<Session>([opened(8)]).when(Role::FrontDesk, open(8)).refused("already-opened");
        for capacity in [0, 1, 51] {
            given::<Session>([]).when(Role::FrontDesk, open(capacity)).refused("capacity-out-of-range");
        }
        let Command::Open(command, new) = open(8) else { unreachable!() };
        let stranger = Command::Open(command, NewSession { provider_registered: false, ..new });
        given::<Session>([]).when(Role::FrontDesk, stranger).refused("unknown-provider");
    }

    #[test]
    fn a_visit_takes_a_place_once_while_there_is_one() {
        let session = given::<Session>([opened(2), joined(ONE)]);
        session.when(Role::FrontDesk, seat(ONE)).refused("already-in-session");
        session.when(Role::FrontDesk, seat(32)).then([joined(32)]);
        let full = [opened(2), joined(ONE), joined(32)];
        given::<Session>(full.clone()).when(Role::FrontDesk, seat(33)).refused("session-full");
        let freed = full.into_iter().chain([left(ONE)]);
        given::<Session>(freed).when(Role::FrontDesk, seat(33)).then([joined(33)]);
        given::<Session>([]).when(Role::FrontDesk, seat(ONE)).refused("unknown-session");
    }

    #[test]
    fn its_visits_are_all_of_the_provider_who_leads_it() {
        let session = given::<Session>([opened(2)]);
        for provider_id in [Some(id(88)), None] {
            let other = Command::Seat(SeatVisit { visit_id: id(ONE), provider_id });
            session.when(Role::FrontDesk, other).refused("session-of-another-provider");
        }
    }

    #[test]
    fn who_takes_part_may_leave_even_after_the_end_and_nobody_joins_then() {
        let over = [opened(2), joined(ONE), closed()];
        given::<Session>([opened(2)]).when(Role::Provider, close()).then([closed()]);
        given::<Session>(over.clone()).when(Role::Provider, close()).refused("session-closed");
        given::<Session>(over.clone()).when(Role::FrontDesk, seat(32)).refused("session-closed");
        given::<Session>(over).when(Role::FrontDesk, unseat(ONE)).then([left(ONE)]);
        given::<Session>([opened(2)]).when(Role::FrontDesk, unseat(ONE)).refused("not-in-session");
        given::<Session>([]).when(Role::Provider, close()).refused("unknown-session");
    }

    proptest! {
        #[test]
        fn whatever_is_asked_no_more_take_part_than_there_are_places(
            asks in proptest::collection::vec((0..3_u8, 31..37_u128), 0..60)
        ) {
            let mut session = Session::replay(&[opened(3)]);
            for (ask, visit) in asks {
                let command = match ask { 0 | 1 => seat(visit), _ => unseat(visit) };
                let request = Request { at: now(), actor: actor(Role::FrontDesk), command };
                for event in session.decide(request).unwrap_or_default() {
                    session.evolve(&event);
                }
                prop_assert!(session.visits().len() <= 3);
            }
        }
    }
}
