//! The access review as an aggregate of cqrs-es. Its events concern no patient.

use super::{AccessReview, Event};
use crate::aggregate::aggregate;
use crate::{Concerns, Subject};

aggregate!(AccessReview, Event);

impl Concerns for AccessReview {
    const STREAM_TYPE: &'static str = "access-review";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        None
    }
}
