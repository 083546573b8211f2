//! An example of each event: what the golden files and the tests show.

use super::{DirectoryImported, DirectoryKind, Event, HistoryImported, HistoryKind, Origin};
use crate::given::{PATIENT, code, id, text};
use crate::{Class, Phi, Sha256Hex};

/// Where an example was read.
pub fn origin(line: u64, content: &[u8]) -> Origin {
    Origin {
        source: code("lakeside-old-ehr"),
        file_sha256: Sha256Hex::of(&[b"Condition.ndjson"]),
        line,
        content_key: Sha256Hex::of(&[b"keyed", content]),
    }
}

/// A record of a patient.
pub fn imported() -> HistoryImported {
    let resource = r#"{"resourceType":"Condition","id":"c-1","code":{"text":"Acute bronchitis"},"subject":{"reference":"Patient/p-1"},"recordedDate":"2019-10-14"}"#;
    HistoryImported {
        patient_id: id(PATIENT),
        kind: HistoryKind::Condition,
        origin: origin(2, b"condition"),
        original_date: Some("2019-10-14".try_into().unwrap()),
        class: Phi::Clear(Class::General),
        resource_id: Phi::Clear(text("c-1")),
        resource: Phi::Clear(resource.to_owned().try_into().unwrap()),
    }
}

/// An entry for a practitioner.
pub fn directory() -> DirectoryImported {
    DirectoryImported {
        kind: DirectoryKind::Practitioner,
        origin: origin(1, b"practitioner"),
        resource_id: code("d-1"),
        name: text("Dr. Sharyl Hilpert"),
        npi: Some(code("9999974592")),
    }
}

/// One of each, in the order of the catalogue.
pub fn all() -> Vec<Event> {
    vec![imported().into(), directory().into()]
}
