//! What is recorded of the log being looked after: its backups and what came of restoring them, and who took parts of it away
//! to be verified elsewhere.

use chrono::{DateTime, Utc};
use daybook_domain::Catalogue;
use daybook_domain::safekeeping::Event;
use daybook_ledger::Recorded;
use daybook_projections::Readings;

use super::{is_export, term};
use crate::{Cell, Table};

/// Of the time that the facts of the door are of. `kept`: the log's safekeeping, whole; `size`: of the log.
pub fn integrity_history(
    found: &Readings,
    kept: &[(Recorded, Event)],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    size: u64,
) -> Table {
    let columns = ["at", "what", "result", "of_events", "by", "role", "reason", "patients", "position"];
    let mut table = Table::new("Integrity history", &columns)
        .note(format!("The log has {size} events; `daybook-replay verify` says whether they are as they were written."))
        .note("A verification by itself leaves no fact: what it found stands in the report of whoever ran it.")
        .note("Of a drill that failed before anybody knew whether the backup can be restored, the result is the step it failed at.")
        .note("Integrity is not completeness.");
    (table.as_of, table.more_after) = (Some(found.position), found.more_after);
    let mut rows: Vec<(u64, Vec<Cell>)> = Vec::new();
    for (recorded, event) in kept.iter().filter(|(recorded, _)| (from..to).contains(&recorded.recorded_at)) {
        let (result, events) = match event {
            Event::BackupMade(made) => (Cell::None, Some(made.size)),
            Event::RestoreDrilled(drilled) => (term(&drilled.restored), Some(drilled.verified_events)),
            Event::DrillFailed(failed) => (term(&failed.step), None),
            Event::LedgerRecovered(recovered) => {
                (format!("{} events known to be lost", recovered.lost_events).into(), Some(recovered.restored_size))
            }
            Event::BackupDestroyed(_) | Event::KeysRewrapped(_) | Event::KeySecretDestroyed(_) => (Cell::None, None),
        };
        let mut metadata = recorded.metadata();
        rows.push((
            recorded.position,
            vec![
                recorded.recorded_at.into(),
                event.event_type().into(),
                result,
                Cell::of(events),
                Cell::of(metadata.remove("actor")),
                Cell::of(metadata.remove("role")),
                Cell::None,
                Cell::None,
                recorded.position.into(),
            ],
        ));
    }
    for reading in found.readings.iter().filter(|reading| is_export(reading)) {
        rows.push((
            reading.position,
            vec![
                reading.at.into(),
                reading.action.as_str().into(),
                Cell::None,
                Cell::None,
                reading.reader.as_str().into(),
                term(&reading.role),
                Cell::of(reading.reason.clone()),
                Cell::list(&reading.patients),
                reading.position.into(),
            ],
        ));
    }
    rows.sort_by_key(|(position, _)| *position);
    rows.into_iter().for_each(|(_, row)| table.row(row));
    table
}

#[cfg(test)]
mod tests {
    use daybook_domain::Role;
    use daybook_projections::Reading;

    use super::*;
    use crate::reports::example::reading;

    #[test]
    fn exports_are_in_it_and_other_reads_are_not() {
        let export = Reading { action: "export-log".try_into().unwrap(), ..reading("auditor-7", Role::Auditor) };
        let content =
            Reading { action: "export-content".try_into().unwrap(), ..reading("officer-7", Role::Compliance) };
        let denied = Reading { denied: true, ..export.clone() };
        let readings = vec![reading("dr-7", Role::Provider), export, content, denied];
        let found = Readings { position: 9, readings, more_after: None };
        let period = (DateTime::<Utc>::UNIX_EPOCH, DateTime::<Utc>::UNIX_EPOCH);
        let table = integrity_history(&found, &[], period, 10).json();
        let rows: Vec<_> = table["rows"].as_array().unwrap().iter().map(|row| [&row["by"], &row["what"]]).collect();
        assert_eq!(rows, [["auditor-7", "export-log"], ["officer-7", "export-content"]]);
    }
}
