//! The one order of what was done in a visit and who read it.

use chrono::{DateTime, Utc};
use daybook_access::{Opened, Receipt};
use daybook_domain::{AccessEvent, DecodeError, Rules, visit};
use daybook_ledger::{Metadata, Recorded};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{reads, words};
use crate::words::harmless;

/// Something done, or somebody looking.
#[derive(Serialize)]
pub struct Line {
    pub recorded_at: DateTime<Utc>,
    /// In the clinic's log.
    pub position: u64,
    /// In its own stream: of an act the visit's, of a read the patient's access stream.
    pub sequence: u64,
    pub kind: Kind,
    pub event_type: String,
    pub event_version: String,
    pub who: String,
    /// In words.
    pub what: String,
    pub metadata: Metadata,
    /// As stored; protected values open only where the visit was opened.
    pub payload: Value,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Act,
    Read,
}

/// An act of the visit, with the event where this program can read it.
pub struct Act {
    pub event: Result<visit::Event, DecodeError>,
    pub line: Line,
}

/// A visit's acts as they may be told, from its first on.
pub struct Acts {
    pub acts: Vec<Act>,
    /// Whether protected values are open.
    pub opened: bool,
    /// Position of the record that somebody is told this, where there is one.
    pub recorded_at_position: Option<u64>,
}

impl Acts {
    /// With their protected values sealed.
    pub fn masked(acts: &[Recorded], receipt: Option<&Receipt>) -> Self {
        let recorded_at_position = receipt.and_then(Receipt::position);
        Self { acts: acts.iter().map(Act::masked).collect(), opened: false, recorded_at_position }
    }

    /// With them open. `opened` are the same events, in the same order.
    pub fn opened(acts: &[Recorded], opened: &[Opened], receipt: &Receipt) -> Self {
        let acts = acts.iter().zip(opened).map(|(act, opened)| Act::opened(act, opened));
        Self { acts: acts.collect(), opened: true, recorded_at_position: receipt.position() }
    }
}

impl Act {
    fn masked(recorded: &Recorded) -> Self {
        // What is no JSON is told as such by the event that cannot be read.
        let payload = serde_json::from_slice(&recorded.payload).unwrap_or_default();
        Self::new(recorded, recorded.decode(), payload)
    }

    fn opened(recorded: &Recorded, opened: &Opened) -> Self {
        Self::new(recorded, opened.decode(), opened.payload.clone())
    }

    fn new(recorded: &Recorded, event: Result<visit::Event, DecodeError>, payload: Value) -> Self {
        let what = match &event {
            Ok(event) => words::event(event),
            Err(error) => unreadable(error),
        };
        Self { line: line(recorded, Kind::Act, actor(&recorded.metadata()), what, payload), event }
    }
}

/// A read, if it is of this visit.
pub fn read(recorded: &Recorded, visit: Uuid) -> Option<Line> {
    let payload = serde_json::from_slice(&recorded.payload).unwrap_or_default();
    let (who, what) = match recorded.decode::<AccessEvent>() {
        Ok(fact) if fact.visit() != Some(visit) => return None,
        Ok(fact) => (reads::reader(&fact), reads::access(&fact)),
        // It may be about this visit: leaving it out would hide a reader.
        Err(error) => (actor(&recorded.metadata()), unreadable(&error)),
    };
    Some(line(recorded, Kind::Read, who, what, payload))
}

fn line(recorded: &Recorded, kind: Kind, who: String, what: String, payload: Value) -> Line {
    Line {
        recorded_at: recorded.recorded_at,
        position: recorded.position,
        sequence: recorded.sequence,
        kind,
        event_type: recorded.event_type.clone(),
        event_version: recorded.event_version.clone(),
        who,
        what,
        metadata: recorded.metadata(),
        payload,
    }
}

fn unreadable(error: &DecodeError) -> String {
    format!("[cannot be read: {}]", harmless(&error.to_string()))
}

/// Who acted and in which role, as the metadata has it.
fn actor(metadata: &Metadata) -> String {
    let of = |key: &str| metadata.get(key).map_or("unknown".into(), |value| harmless(value));
    format!("{} ({})", of("actor"), of("role"))
}

/// Acts and reads in the order of the clinic's log.
pub fn interleave(acts: impl IntoIterator<Item = Line>, reads: impl IntoIterator<Item = Line>) -> Vec<Line> {
    let mut lines: Vec<Line> = acts.into_iter().chain(reads).collect();
    lines.sort_by_key(|line| line.position);
    lines
}

/// The visit as these acts leave it, or which of them cannot be read: a state told without it would be made up.
pub fn fold(acts: &[Act]) -> Result<visit::Visit, String> {
    let mut visit = visit::Visit::default();
    for act in acts {
        let number = act.line.sequence;
        visit.evolve(act.event.as_ref().map_err(|error| format!("event {number}: {}", harmless(&error.to_string())))?);
    }
    Ok(visit)
}
