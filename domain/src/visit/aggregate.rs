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
