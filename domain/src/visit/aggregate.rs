//! The visit as an aggregate of cqrs-es. Its events concern the patient of the visit.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};

use super::{Command, Error, Event, Visit};
use crate::{Catalogue, Class, Concerns, Request, Rules, Subject};

impl Aggregate for Visit {
    const TYPE: &'static str = "visit";
    type Command = Request<Command>;
    type Event = Event;
    type Error = Error;
    type Services = ();

    async fn handle(&mut self, request: Request<Command>, (): &(), sink: &EventSink<Self>) -> Result<(), Error> {
        for event in self.decide(request)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        self.evolve(&event);
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        Catalogue::event_type(self).to_owned()
    }
    fn event_version(&self) -> String {
        Catalogue::event_version(self).to_owned()
    }
}

impl Concerns for Visit {
    const STREAM_TYPE: &'static str = "visit";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        self.patient().map(|patient| Subject { patient, class: Class::General })
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::super::example::{commands, events};
    use super::*;
    use crate::given::{actor, now};
    use crate::{Refusal, Role};

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
