//! The visit as an aggregate of cqrs-es. Its events concern the patient of the visit.

use super::{Event, Visit};
use crate::aggregate::aggregate;
use crate::{Class, Concerns, Subject};

aggregate!(Visit, Event);

impl Concerns for Visit {
    const STREAM_TYPE: &'static str = "visit";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        self.subject()
    }
}

impl Visit {
    /// Whose key seals what is in it, once scheduled: its events and its files.
    pub fn subject(&self) -> Option<Subject> {
        self.patient().map(|patient| Subject { patient, class: Class::General })
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::{Aggregate, event_sink::EventSink};

    use super::super::State;
    use super::super::example::{commands, events};
    use super::*;
    use crate::given::{actor, now};
    use crate::{Refusal, Request, Role};

    #[tokio::test]
    async fn cqrs_es_gets_the_events_that_were_decided_and_each_is_applied_once() {
        let (mut visit, sink) = (Visit::default(), EventSink::default());
        for command in [commands::schedule(), commands::arrive()] {
            visit.handle(Request { at: now(), actor: actor(Role::FrontDesk), command }, &(), &sink).await.unwrap();
        }
        assert_eq!(visit.state(), State::Arrived);
        assert!(sink.collect().await == [events::scheduled(), events::arrived(false)]);
    }

    #[tokio::test]
    async fn a_refusal_leaves_nothing_behind() {
        let (mut visit, sink) = (Visit::default(), EventSink::default());
        let request = Request { at: now(), actor: actor(Role::Patient), command: commands::arrive() };
        assert_eq!(visit.handle(request, &(), &sink).await.unwrap_err().code(), "wrong-state");
        assert!(visit == Visit::default() && sink.collect().await.is_empty());
    }
}
