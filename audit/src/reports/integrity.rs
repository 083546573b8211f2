//! What is recorded of the log being looked after: its backups and what came of restoring them, and who took parts of it away
//! to be verified elsewhere.

use chrono::{DateTime, Utc};
use daybook_domain::safekeeping::{BackupMade, Event, RestoreDrilled};
use daybook_domain::{Catalogue, Rules, Safekeeping};
use daybook_ledger::Recorded;
use daybook_projections::Readings;

use super::{is_export, term};
use crate::words::time;
use crate::{Cell, Table};

/// Of the time that the facts of the door are of. `kept`: the log's safekeeping, whole; `size`: of the log.
pub fn integrity_history(
    found: &Readings,
    kept: &[(Recorded, Event)],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    size: u64,
) -> Table {
    let columns = ["at", "what", "result", "of_events", "of_files", "by", "role", "reason", "patients", "position"];
    let mut table = Table::new("Integrity history", &columns)
        .note(format!("The log has {size} events; `daybook-replay verify` says whether they are as they were written."))
        .note("A verification by itself leaves no fact: what it found stands in the report of whoever ran it.")
        .note("Of a drill that failed before anybody knew whether the backup can be restored, the result is the step it failed at.")
        .note(newest(&Safekeeping::replay(kept.iter().map(|(_, event)| event))))
        .note("`of_files`: files of visits that the log names and that are in the backup, or were opened in the drill.")
        .note("Integrity is not completeness.");
    (table.as_of, table.more_after) = (Some(found.position), found.more_after);
    let mut rows: Vec<(u64, Vec<Cell>)> = Vec::new();
    for (recorded, event) in kept.iter().filter(|(recorded, _)| (from..to).contains(&recorded.recorded_at)) {
        let (result, events, files) = match event {
            Event::BackupMade(made) => {
                let there =
                    made.named_files.zip(made.missing_files).map(|(named, missing)| named.saturating_sub(missing));
                (Cell::None, Some(made.size), of_files(there, made.named_files))
            }
            Event::RestoreDrilled(drilled) => {
                let files = of_files(Some(drilled.verified_files.unwrap_or(0)), drilled.named_files);
                (term(&drilled.restored), Some(drilled.verified_events), files)
            }
            Event::DrillFailed(failed) => (term(&failed.step), None, Cell::None),
            Event::LedgerRecovered(recovered) => {
                let lost = format!("{} events known to be lost", recovered.lost_events);
                (lost.into(), Some(recovered.restored_size), Cell::None)
            }
            Event::BackupDestroyed(_) | Event::KeysRewrapped(_) | Event::KeySecretDestroyed(_) => {
                (Cell::None, None, Cell::None)
            }
        };
        let mut metadata = recorded.metadata();
        rows.push((
            recorded.position,
            vec![
                recorded.recorded_at.into(),
                event.event_type().into(),
                result,
                Cell::of(events),
                files,
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

/// How old the log says its newest backup and its last drill are, at whatever time: those of the log, and those that have the
/// files of visits too.
fn newest(kept: &Safekeeping) -> String {
    let since = |then: Option<DateTime<Utc>>| then.map_or_else(|| "never".into(), time);
    let backup = |made: &BackupMade| made.begun_at;
    let drill = |drilled: &RestoreDrilled| drilled.drilled_at;
    format!(
        "Newest backup: {}; newest that every file of visits is in: {}. Last drill that passed: {}; last that passed and opened \
         the files of visits: {}.",
        since(kept.newest_backup().map(backup)),
        since(kept.newest_backup_with_files().map(backup)),
        since(kept.last_passed_drill().map(drill)),
        since(kept.last_passed_drill_with_files().map(drill)),
    )
}

/// So many of so many; nothing where nobody said.
fn of_files(there: Option<u64>, named: Option<u64>) -> Cell {
    Cell::of(there.zip(named).map(|(there, named)| format!("{there} of {named}")))
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
