//! The session as an aggregate of cqrs-es. Its events concern no one patient, and say nothing about any.

use super::{Event, Session};
use crate::aggregate::aggregate;
use crate::{Concerns, Subject};

aggregate!(Session, Event);

impl Concerns for Session {
    const STREAM_TYPE: &'static str = "session";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        None
    }
}
