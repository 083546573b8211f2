//! The accounting of disclosures as a table: what the patient is told, and for compliance what is left out of it, and why.

use daybook_domain::patient::{Accounted, Accounting, DisclosureMade};
use daybook_domain::{PatientId, Phi, Text};

use super::term;
use crate::{Cell, Table};

/// `whole`: with what the patient is not told.
pub fn disclosures(patient: PatientId, accounting: &Accounting, whole: bool) -> Table {
    let title = format!("Disclosures of the record of patient {patient}");
    let common = ["on", "recipient", "address", "description", "purpose", "ground", "provision", "number", "last_on"];
    let columns: Vec<&'static str> =
        if whole { common.into_iter().chain(["left_out", "until"]).collect() } else { common.into() };
    let mut table = Table::new(title, &columns)
        .note(format!("From {} to {} (45 CFR 164.528).", accounting.from, accounting.to))
        .note("Where there were several to one recipient for one purpose, the first is told, how many, and the day of the last.");
    if !whole {
        table = table.for_the_patient();
    }
    let mut add = |line: Line<'_>| {
        let mut row = line.cells();
        if whole {
            row.extend([Cell::of(line.left_out), Cell::of(line.until)]);
        }
        table.row(row);
    };
    for Accounted { first, number, last } in &accounting.lines {
        add(Line { made: first, number: *number, last: *last, left_out: None, until: None });
    }
    if whole {
        for made in &accounting.left_out.exempt {
            add(Line { made, number: 1, last: made.on, left_out: Some("exempt"), until: None });
        }
        for (made, suspended) in &accounting.left_out.suspended {
            let until = Some(suspended.until);
            add(Line { made, number: 1, last: made.on, left_out: Some("suspended"), until });
        }
    }
    table
}

struct Line<'a> {
    made: &'a DisclosureMade,
    number: usize,
    last: chrono::NaiveDate,
    left_out: Option<&'static str>,
    until: Option<chrono::NaiveDate>,
}

impl Line<'_> {
    fn cells(&self) -> Vec<Cell> {
        let made = self.made;
        vec![
            made.on.into(),
            opened(&made.recipient),
            made.address.as_ref().map_or(Cell::None, opened),
            opened(&made.description),
            opened(&made.purpose),
            term(&made.ground),
            Cell::of(made.ground.provision()),
            self.number.into(),
            self.last.into(),
        ]
    }
}

/// What it says, or what became of it.
fn opened<const MAX: usize>(value: &Phi<Text<MAX>>) -> Cell {
    match value {
        Phi::Clear(text) => text.as_str().into(),
        Phi::Sealed => "(sealed)".into(),
        Phi::Erased => "(erased)".into(),
        Phi::KeyMissing => "(key missing)".into(),
    }
}
