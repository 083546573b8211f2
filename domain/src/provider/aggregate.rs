//! The provider as an aggregate of cqrs-es. Its events concern no patient.

use super::{Event, Provider};
use crate::aggregate::aggregate;
use crate::{Concerns, Subject};

aggregate!(Provider, Event);

impl Concerns for Provider {
    const STREAM_TYPE: &'static str = "provider";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        None
    }
}
