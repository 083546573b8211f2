//! The JSON Schema of every event type there is, by where it stands: for whoever reads events without this program.

use schemars::Schema;

use crate::access_events::{PATIENT_STREAM, SESSION_STREAM};
use crate::{
    AccessEvent, Catalogue, EventKind, calendar, clinic, history, patient, provider, safekeeping, session, visit,
};

/// The schema of an event's payload, its protected values as they are stored or open; `None` of a type or version that this
/// program does not know.
pub fn schema(stream_type: &str, event_type: &str, event_version: &str) -> Option<Schema> {
    let kind = kinds(stream_type)
        .into_iter()
        .find(|kind| (kind.event_type, kind.event_version) == (event_type, event_version))?;
    Some((kind.schema)())
}

fn kinds(stream_type: &str) -> Vec<EventKind> {
    match stream_type {
        "visit" => visit::Event::kinds(),
        "calendar" => calendar::Event::kinds(),
        "patient" => patient::Event::kinds(),
        "history" => history::Event::kinds(),
        "session" => session::Event::kinds(),
        "provider" => provider::Event::kinds(),
        "safekeeping" => safekeeping::Event::kinds(),
        "clinic" => clinic::Event::kinds(),
        PATIENT_STREAM | SESSION_STREAM => AccessEvent::kinds(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_has_its_schemas_and_no_other_events() {
        for (stream, event) in [
            ("visit", "checked-in"),
            ("calendar", "slot-held"),
            ("patient", "patient-registered"),
            ("history", "history-imported"),
            ("session", "session-opened"),
            ("provider", "provider-registered"),
            ("clinic", "clinic-registered"),
            ("access", "export-made"),
            ("session-access", "phi-read"),
        ] {
            assert!(schema(stream, event, "1.0").is_some(), "{stream} {event}");
            assert!(schema(stream, event, "9.0").is_none() && schema("other", event, "1.0").is_none());
        }
    }
}
