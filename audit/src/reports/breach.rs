//! Breach scoping: everything an identity or a session received between two times, patient by patient, so that whoever is
//! affected can be told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use daybook_domain::PatientId;
use daybook_projections::Readings;

use crate::{Cell, Table};

#[derive(Default)]
struct Received {
    times: u64,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    actions: BTreeSet<String>,
    visits: BTreeSet<String>,
    positions: Vec<u64>,
}

/// One row a patient; exports and looks at the record of access, which name nobody, in a row of their own.
pub fn received(title: &str, found: &Readings) -> Table {
    let columns = ["patient", "times", "first", "last", "actions", "visits", "positions"];
    let mut all = BTreeMap::<Option<PatientId>, Received>::new();
    let mut turned_away = 0_u64;
    for reading in &found.readings {
        if reading.denied {
            turned_away += 1;
            continue;
        }
        let named: Vec<_> = reading.patients.iter().copied().map(Some).collect();
        for patient in if named.is_empty() { vec![None] } else { named } {
            let received = all.entry(patient).or_default();
            received.times += 1;
            received.first.get_or_insert(reading.at);
            received.last = Some(reading.at);
            received.actions.insert(reading.action.as_str().to_owned());
            let visit = reading.resource_id.filter(|_| reading.resource_kind.as_str() == "visit");
            received.visits.extend(visit.map(|visit| visit.to_string()));
            received.positions.push(reading.position);
        }
    }
    let patients = all.keys().flatten().count();
    let mut table = Table::new(title, &columns)
        .note(format!("{patients} patients. {turned_away} times they were turned away and received nothing."))
        .note("A row without a patient is of what names nobody: an export of a time or of the whole log, or the record of access.");
    (table.as_of, table.more_after) = (Some(found.position), found.more_after);
    for (patient, received) in all {
        table.row([
            Cell::of(patient.map(|patient| patient.0)),
            received.times.into(),
            Cell::of(received.first),
            Cell::of(received.last),
            Cell::list(&received.actions),
            Cell::list(&received.visits),
            Cell::list(&received.positions),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use daybook_domain::Role;
    use daybook_projections::Reading;
    use serde_json::{Value, json};

    use super::*;
    use crate::reports::example::{id, reading};

    #[test]
    fn every_patient_is_counted_once_and_nothing_that_was_not_shown() {
        let one = reading("dr-7", Role::Provider);
        let list = Reading { patients: [id(1), id(2)].into(), patient_count: 2, position: 8, ..one.clone() };
        let denied = Reading { denied: true, patients: [id(3)].into(), ..one.clone() };
        let export = Reading { patients: BTreeSet::new(), action: "export-log".try_into().unwrap(), ..one.clone() };
        let found = Readings { position: 9, readings: vec![one, list, denied, export], more_after: None };
        let table = received("What dr-7 received", &found).json();
        let rows: Vec<_> =
            table["rows"].as_array().unwrap().iter().map(|row| (&row["patient"], &row["times"])).collect();
        let (first, second): (uuid::Uuid, uuid::Uuid) = (id(1), id(2));
        assert_eq!(rows, [(&Value::Null, &json!(1)), (&json!(first), &json!(2)), (&json!(second), &json!(1))]);
        assert!(table["notes"][0].as_str().unwrap().starts_with("2 patients. 1 times"));
    }
}
