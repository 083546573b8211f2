//! Who was shown what, and who was turned away: one row a fact.

use daybook_projections::Readings;

use super::term;
use crate::{Cell, Table};

/// Every fact of the door that was found.
pub fn accesses(title: &str, found: &Readings) -> Table {
    let mut table = Table::new(
        title,
        &[
            "at",
            "reader",
            "role",
            "action",
            "resource",
            "resource_id",
            "patients",
            "patient_count",
            "purpose",
            "outcome",
            "reason",
            "session",
            "policies",
            "position",
        ],
    );
    (table.as_of, table.more_after) = (Some(found.position), found.more_after);
    for reading in &found.readings {
        table.row([
            reading.at.into(),
            reading.reader.as_str().into(),
            term(&reading.role),
            reading.action.as_str().into(),
            reading.resource_kind.as_str().into(),
            Cell::of(reading.resource_id),
            Cell::list(&reading.patients),
            reading.patient_count.into(),
            term(&reading.purpose),
            if reading.denied { "denied" } else { "shown" }.into(),
            Cell::of(reading.reason.clone()),
            Cell::of(reading.session),
            Cell::list(reading.policies.iter().map(|policy| policy.as_str())),
            reading.position.into(),
        ]);
    }
    table
}
