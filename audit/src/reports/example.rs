//! Facts for the tests of reports.

use daybook_domain::Role;
use daybook_domain::access_events::Purpose;
use daybook_projections::Reading;
use uuid::Uuid;

pub fn id<T: From<Uuid>>(number: u128) -> T {
    T::from(Uuid::from_u128(number))
}

/// That somebody opened a visit of patient 1.
pub fn reading(reader: &str, role: Role) -> Reading {
    Reading {
        position: 7,
        event_id: id(9),
        at: "2026-03-02T16:00:00Z".parse().unwrap(),
        reader: reader.into(),
        role,
        person: None,
        session: None,
        action: "read-visit".try_into().unwrap(),
        resource_kind: "visit".try_into().unwrap(),
        resource_id: Some(id(20)),
        purpose: Purpose::Treatment,
        patients: [id(1)].into(),
        patient_count: 1,
        policies: Vec::new(),
        denied: false,
        correlation_id: None,
        reason: None,
    }
}
