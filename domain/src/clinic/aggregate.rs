//! The clinic as an aggregate of cqrs-es. Its events concern no patient.

use super::{Clinic, Event};
use crate::aggregate::aggregate;
use crate::{Concerns, Subject};

aggregate!(Clinic, Event);

impl Concerns for Clinic {
    const STREAM_TYPE: &'static str = "clinic";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        None
    }
}
