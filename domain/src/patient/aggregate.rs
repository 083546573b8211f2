//! The patient as an aggregate of cqrs-es. Its events concern the patient themselves.

use super::{Event, Patient};
use crate::aggregate::aggregate;
use crate::{Class, Concerns, Subject};

aggregate!(Patient, Event);

impl Concerns for Patient {
    const STREAM_TYPE: &'static str = "patient";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        self.id().map(|patient| Subject { patient, class: Class::General })
    }
}
