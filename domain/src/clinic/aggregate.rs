//! The clinic as an aggregate of cqrs-es. Its events concern no patient.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};

use super::{Clinic, Command, Error, Event};
use crate::{Catalogue, Concerns, Request, Rules, Subject};

impl Aggregate for Clinic {
    const TYPE: &'static str = "clinic";
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

impl Concerns for Clinic {
    const STREAM_TYPE: &'static str = "clinic";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        None
    }
}
