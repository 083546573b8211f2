//! The safekeeping of a clinic's log as an aggregate of cqrs-es. The stream's id is the clinic's.

use super::{Event, Safekeeping};
use crate::aggregate::aggregate;
use crate::{Concerns, Subject};

aggregate!(Safekeeping, Event);

impl Concerns for Safekeeping {
    const STREAM_TYPE: &'static str = "safekeeping";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        None
    }
}
