//! An example of each event: what the golden files and the tests show.

use super::{Event, PatientImported, PatientRegistered};
use crate::Phi;
use crate::given::{PATIENT, id, text};
use crate::history::example::origin;

/// A patient somebody registered.
pub fn registered() -> PatientRegistered {
    PatientRegistered {
        patient_id: id(PATIENT),
        given_name: Phi::Clear(text("Ada")),
        family_name: Phi::Clear(text("Muster")),
        birth_date: Phi::Clear("1980-02-29".parse().unwrap()),
        mrn: Some(Phi::Clear(text("MRN-0001"))),
        phone: Some(Phi::Clear(text("+1 608 555 0101"))),
        preferred_language: Some("en".try_into().unwrap()),
    }
}

/// A patient from another system's record.
pub fn imported() -> PatientImported {
    let resource = r#"{"resourceType":"Patient","id":"p-1","name":[{"family":"Muster","given":["Ada"]}],"birthDate":"1980-02-29"}"#;
    PatientImported {
        patient_id: id(PATIENT),
        origin: origin(1, b"patient"),
        original_date: Some("2025-12-31".try_into().unwrap()),
        resource_id: Phi::Clear(text("p-1")),
        given_name: Some(Phi::Clear(text("Ada"))),
        family_name: Phi::Clear(text("Muster")),
        birth_date: Phi::Clear("1980-02-29".parse().unwrap()),
        mrn: Some(Phi::Clear(text("MRN-0001"))),
        phone: Some(Phi::Clear(text("+1 608 555 0101"))),
        preferred_language: Some("en".try_into().unwrap()),
        deceased: Some(Phi::Clear(false)),
        resource: Phi::Clear(resource.to_owned().try_into().unwrap()),
    }
}

/// One of each, in the order of the catalogue.
pub fn all() -> Vec<Event> {
    vec![registered().into(), imported().into()]
}
