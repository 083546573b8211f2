//! An aggregate for tests, as small as one can be: a calendar whose slots are booked once each.

use std::collections::BTreeSet;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use daybook_domain::{Actor, Catalogue, Concerns, DecodeError, EventKind, Refusal, Request, Role, Rules, Subject};
use daybook_ledger::Clock;
use daybook_ledger::clock::System;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Calendar {
    pub booked: BTreeSet<u64>,
}

#[derive(Clone, Debug)]
pub enum Command {
    Book(u64),
    /// Decides on no events, and relies on the slot being free all the same.
    Look(u64),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Booked {
    slot: u64,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("this slot is taken; choose another")]
pub struct SlotTaken;

impl Refusal for SlotTaken {
    fn code(&self) -> &'static str {
        "slot-taken"
    }
}

impl Rules for Calendar {
    type Command = Command;
    type Error = SlotTaken;

    fn decide(&self, request: Request<Command>) -> Result<Vec<Booked>, SlotTaken> {
        let (Command::Book(slot) | Command::Look(slot)) = request.command;
        match request.command {
            _ if self.booked.contains(&slot) => Err(SlotTaken),
            Command::Book(_) => Ok(vec![Booked { slot }]),
            Command::Look(_) => Ok(Vec::new()),
        }
    }

    fn evolve(&mut self, event: &Booked) {
        self.booked.insert(event.slot);
    }
}

impl Concerns for Calendar {
    const STREAM_TYPE: &'static str = "calendar";
    type Event = Booked;

    fn concerns(&self, _: &Booked) -> Option<Subject> {
        None
    }
}

impl Catalogue for Booked {
    fn kinds() -> Vec<EventKind> {
        Vec::new()
    }
    fn event_type(&self) -> &'static str {
        "slot-booked"
    }
    fn event_version(&self) -> &'static str {
        "1.0"
    }
    fn payload(&self) -> Value {
        json!({ "slot": self.slot })
    }
    fn decode(event_type: &str, _: &str, payload: &[u8]) -> Result<Self, DecodeError> {
        serde_json::from_slice(payload)
            .map_err(|error| DecodeError::Payload { event_type: event_type.into(), problem: error.to_string() })
    }
}

impl Aggregate for Calendar {
    const TYPE: &'static str = "calendar";
    type Command = Request<Command>;
    type Event = Booked;
    type Error = SlotTaken;
    type Services = ();

    async fn handle(&mut self, request: Request<Command>, (): &(), sink: &EventSink<Self>) -> Result<(), SlotTaken> {
        for event in self.decide(request)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Booked) {
        self.evolve(&event);
    }
}

impl DomainEvent for Booked {
    fn event_type(&self) -> String {
        Catalogue::event_type(self).into()
    }
    fn event_version(&self) -> String {
        Catalogue::event_version(self).into()
    }
}

/// Where every test's calendar is.
pub const ID: Uuid = Uuid::from_u128(0xCA1);

/// Whatever is asked, by the front desk, now.
pub fn request<C>(command: C) -> Request<C> {
    let actor = Actor { role: Role::FrontDesk, subject: "front-desk-7".into(), person: None };
    Request { at: System.now(), actor, command }
}

pub fn book(slot: u64) -> Request<Command> {
    request(Command::Book(slot))
}
