//! An example of each event: what the golden files and the tests show.

use super::{
    CloseSession, Command, Event, NewSession, OpenSession, SeatVisit, SessionClosed, SessionOpened, VisitJoinedSession,
    VisitLeftSession,
};
use crate::Role;
use crate::given::{PROVIDER, id, now};

/// The session of every test that has one.
pub const SESSION: u128 = 95;
/// A visit that takes part.
pub const ONE: u128 = 31;

pub fn opened(capacity: u16) -> Event {
    let (session_id, provider_id) = (id(SESSION), id(PROVIDER));
    SessionOpened { session_id, provider_id, starts_at: now(), capacity, opened_by: Role::FrontDesk }.into()
}

pub fn joined(visit: u128) -> Event {
    VisitJoinedSession { visit_id: id(visit) }.into()
}

pub fn left(visit: u128) -> Event {
    VisitLeftSession { visit_id: id(visit) }.into()
}

pub fn closed() -> Event {
    SessionClosed { closed_by: Role::Provider }.into()
}

/// One of each, in the order of the catalogue.
pub fn all() -> Vec<Event> {
    vec![opened(8), joined(ONE), left(ONE), closed()]
}

pub fn open(capacity: u16) -> Command {
    let command = OpenSession { provider_id: id(PROVIDER), starts_at: now(), capacity };
    Command::Open(command, NewSession { session_id: id(SESSION), provider_registered: true })
}

pub fn seat(visit: u128) -> Command {
    Command::Seat(SeatVisit { visit_id: id(visit), provider_id: Some(id(PROVIDER)) })
}

pub fn unseat(visit: u128) -> Command {
    Command::Unseat(id(visit))
}

pub fn close() -> Command {
    Command::Close(CloseSession {})
}
