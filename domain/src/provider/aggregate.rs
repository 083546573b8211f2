//! The provider as an aggregate of cqrs-es. Its events concern no patient.

use cqrs_es::{Aggregate, DomainEvent, event_sink::EventSink};

use super::{Command, Error, Event, Provider};
use crate::{Catalogue, Concerns, Request, Rules, Subject};

impl Aggregate for Provider {
    const TYPE: &'static str = "provider";
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

impl Concerns for Provider {
    const STREAM_TYPE: &'static str = "provider";
    type Event = Event;

    fn concerns(&self, _: &Event) -> Option<Subject> {
        None
    }
}
