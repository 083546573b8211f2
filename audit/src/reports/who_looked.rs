//! Who looked at my record: what a patient is told, staff named as the clinic decided.

use std::collections::BTreeMap;

use daybook_domain::clinic::StaffNaming;
use daybook_domain::{PatientId, Role};
use daybook_projections::{Reading, Readings};
use uuid::Uuid;

use super::term;
use crate::{Cell, Table};

/// Names that the clinic's record has, of providers, by id.
pub type Staff = BTreeMap<Uuid, String>;

/// Every time a patient's record was shown to somebody. Who was turned away saw nothing and is not in it.
pub fn who_looked(patient: PatientId, found: &Readings, naming: StaffNaming, staff: &Staff) -> Table {
    let mut table =
        Table::new("Who looked at your record", &["at", "who", "what", "purpose", "patients_in_it", "position"])
            .for_the_patient();
    (table.as_of, table.more_after) = (Some(found.position), found.more_after);
    for reading in found.readings.iter().filter(|reading| !reading.denied) {
        table.row([
            reading.at.into(),
            who(patient, reading, naming, staff),
            reading.action.as_str().into(),
            term(&reading.purpose),
            reading.patient_count.into(),
            reading.position.into(),
        ]);
    }
    table
}

fn who(patient: PatientId, reading: &Reading, naming: StaffNaming, staff: &Staff) -> Cell {
    match (reading.role, naming) {
        (Role::Patient, _) if reading.is_by(patient) => "you".into(),
        // Of another patient, or of one whom an older fact does not name, nothing is told.
        (Role::Patient, _) => "a patient".into(),
        (Role::System, _) => "a program of the clinic".into(),
        (_, StaffNaming::Nothing) => Cell::None,
        (role, StaffNaming::Roles) => term(&role),
        (role, StaffNaming::Names) => match reading.person.and_then(|person| staff.get(&person)) {
            Some(name) => name.as_str().into(),
            None => term(&role),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::reports::example;

    const PATIENT: PatientId = PatientId(Uuid::from_u128(1));

    fn reading(role: Role, person: Option<u128>, denied: bool) -> Reading {
        Reading { person: person.map(Uuid::from_u128), denied, ..example::reading("subject-of-somebody", role) }
    }

    fn told(naming: StaffNaming) -> Vec<Value> {
        let readings = vec![
            reading(Role::Provider, Some(2), false),
            reading(Role::FrontDesk, None, false),
            reading(Role::Patient, Some(1), false),
            reading(Role::Patient, Some(8), false),
            reading(Role::System, None, false),
            reading(Role::Provider, Some(2), true),
        ];
        let staff = Staff::from([(Uuid::from_u128(2), "Ada Brook".into())]);
        let found = Readings { position: 7, readings, more_after: None };
        let table = who_looked(PATIENT, &found, naming, &staff).json();
        assert!(!table.to_string().contains("subject-of-somebody"), "a subject is no name");
        table["rows"].as_array().unwrap().iter().map(|row| row["who"].clone()).collect()
    }

    #[test]
    fn staff_is_named_as_the_clinic_decided_and_who_was_turned_away_is_not_in_it() {
        let others = [json!("you"), json!("a patient"), json!("a program of the clinic")];
        let expected = |provider, desk| [&[provider, desk], &others[..]].concat();
        assert_eq!(told(StaffNaming::Names), expected(json!("Ada Brook"), json!("front-desk")));
        assert_eq!(told(StaffNaming::Roles), expected(json!("provider"), json!("front-desk")));
        assert_eq!(told(StaffNaming::Nothing), expected(Value::Null, Value::Null));
    }
}
