//! The calendar as an aggregate of cqrs-es. It tells of visits, and whose they are is told by their own streams alone: its
//! events concern no patient.

use super::{Calendar, Event};
use crate::aggregate::aggregate;
use crate::{Concerns, Subject};

aggregate!(Calendar, Event);

impl Concerns for Calendar {
    const STREAM_TYPE: &'static str = "calendar";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        None
    }
}
