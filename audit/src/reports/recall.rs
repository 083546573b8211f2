//! Superseded-read recall: who read or received a version of a note that was later corrected, added to or entered in error,
//! so that they can be told.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use daybook_domain::access_events::{ExportContent, ExportMade, ExportOf};
use daybook_domain::patient::DisclosureMade;
use daybook_domain::visit::Event;
use daybook_domain::{NoteId, PatientId, TimeZone, VisitId};
use daybook_ledger::Recorded;
use daybook_projections::Reading;

use super::{is_export, term};
use crate::{Cell, Table};

/// Actions whose answer has what notes of a visit say.
const OF_A_VISIT: [&str; 3] = ["read-note", "read-chart", "read-timeline"];

/// What became of what a note said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Superseded {
    Corrected,
    AddedTo,
    EnteredInError,
}

/// A version of a signed note, from the event that made it to the one that superseded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVersion {
    pub note_id: NoteId,
    /// Counts from 1.
    pub version: u64,
    /// Position and time of the event that made it.
    pub from: (u64, DateTime<Utc>),
    /// What became of it, where and when.
    pub superseded: (Superseded, u64, DateTime<Utc>),
}

/// The versions of a visit's notes, of one or of all, that stand no longer, oldest first. A draft is no version: nobody but
/// its author relies on it.
pub fn superseded_versions(visit: &[(Recorded, Event)], note: Option<NoteId>) -> Vec<NoteVersion> {
    let mut versions = Vec::<NoteVersion>::new();
    let mut standing = std::collections::BTreeMap::<NoteId, (u64, (u64, DateTime<Utc>))>::new();
    for (recorded, event) in visit {
        let here = (recorded.position, recorded.recorded_at);
        let (note_id, superseded) = match event {
            Event::NoteSigned(signed) => {
                standing.insert(signed.note_id, (1, here));
                continue;
            }
            Event::NoteCorrected(corrected) => (corrected.note_id, Superseded::Corrected),
            Event::NoteAddended(addended) => (addended.note_id, Superseded::AddedTo),
            Event::NoteEnteredInError(entered) => (entered.note_id, Superseded::EnteredInError),
            _ => continue,
        };
        let Some((version, from)) = standing.remove(&note_id) else { continue };
        versions.push(NoteVersion { note_id, version, from, superseded: (superseded, here.0, here.1) });
        if superseded != Superseded::EnteredInError {
            standing.insert(note_id, (version + 1, here));
        }
    }
    versions.retain(|version| note.is_none_or(|note| note == version.note_id));
    versions
}

/// From when to when any of them stood, the last moment included; `None` where there is none.
pub fn stood(versions: &[NoteVersion]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let first = versions.iter().map(|version| version.from.1).min()?;
    let last = versions.iter().map(|version| version.superseded.2).max()?;
    Some((first, last + TimeDelta::milliseconds(1)))
}

/// What the record of access has of a time: the facts of the door, and by the position of each that let an export out, what is
/// said of that.
pub struct Received {
    pub readings: Vec<Reading>,
    pub exports: BTreeMap<u64, ExportMade>,
}

impl Received {
    /// Whether what was read had the version in it, or may have had it.
    fn holds(&self, reading: &Reading, version: &NoteVersion, (visit, patient): (VisitId, PatientId)) -> bool {
        let of = |kind: &str, id| reading.resource_kind.as_str() == kind && reading.resource_id == Some(id);
        match self.exports.get(&reading.position) {
            Some(made) => exported(made, version, (visit, patient)),
            // Of which nothing more is said: one that names nobody is of a time or of the whole log.
            None if is_export(reading) => reading.patients.contains(&patient) || reading.patients.is_empty(),
            None if OF_A_VISIT.contains(&reading.action.as_str()) => of("visit", visit.0) || of("patient", patient.0),
            None => false,
        }
    }
}

/// Whether an export had the event in it that made the version.
fn exported(made: &ExportMade, version: &NoteVersion, (visit, patient): (VisitId, PatientId)) -> bool {
    match made.of {
        ExportOf::Visit => made.visit_id == Some(visit),
        ExportOf::Patient => made.patient_id == Some(patient),
        ExportOf::Time => {
            let at = version.from.1;
            made.from.is_none_or(|from| from <= at) && made.to.is_none_or(|to| at < to)
        }
        ExportOf::Clinic => true,
    }
}

/// For whom an export was, and whether it could be read.
fn told(made: &ExportMade) -> (Cell, Cell) {
    let content = match made.content {
        ExportContent::Included => "with content",
        ExportContent::Withheld => "content withheld",
    };
    (Cell::of(made.recipient.as_ref().map(|recipient| recipient.as_str())), content.into())
}

/// Who read or received what stands no longer. `disclosures`: those of the patient that name the visit.
pub fn recall(
    (visit, patient): (VisitId, PatientId),
    versions: &[NoteVersion],
    received: &Received,
    disclosures: &[DisclosureMade],
    zone: &TimeZone,
) -> Table {
    let columns = [
        "note",
        "version",
        "superseded",
        "superseded_at",
        "how",
        "who",
        "recipient",
        "role",
        "when",
        "purpose",
        "note_of_it",
        "position",
    ];
    let mut table = Table::new(format!("Who read or received a superseded note of visit {visit}"), &columns)
        .note("A read of a chart or timeline had all notes of the visit in it that stood then.")
        .note("An export whose content was withheld is listed because it can be matched with the log. One taken later holds what superseded the version too, and is not listed.")
        .note("A disclosure is known by its day: on the day of a change it may have been of either version.");
    for version in versions {
        let (superseded, until, superseded_at) = version.superseded;
        let mut row = |how: Cell,
                       (who, recipient): (Cell, Cell),
                       role: Cell,
                       when: Cell,
                       purpose: Cell,
                       more: Cell,
                       position: Cell| {
            table.row([
                Cell::text(version.note_id),
                version.version.into(),
                term(&superseded),
                superseded_at.into(),
                how,
                who,
                recipient,
                role,
                when,
                purpose,
                more,
                position,
            ]);
        };
        let stood = (version.from.0..until).clone();
        let had = |reading: &&Reading| {
            !reading.denied && stood.contains(&reading.position) && received.holds(reading, version, (visit, patient))
        };
        for reading in received.readings.iter().filter(had) {
            let unnamed = (reading.patients.is_empty()).then_some("names no patient: may hold it");
            let (recipient, more) =
                received.exports.get(&reading.position).map_or((Cell::None, Cell::of(unnamed)), told);
            row(
                reading.action.as_str().into(),
                (reading.reader.as_str().into(), recipient),
                term(&reading.role),
                reading.at.into(),
                term(&reading.purpose),
                more,
                reading.position.into(),
            );
        }
        let days = zone.day(version.from.1)..=zone.day(superseded_at);
        for disclosure in disclosures.iter().filter(|made| made.visits.contains(&visit) && days.contains(&made.on)) {
            let day: NaiveDate = disclosure.on;
            let recipient = disclosure.recipient.clear().map(|recipient| recipient.as_str());
            row(
                "disclosure".into(),
                (Cell::of(recipient), Cell::None),
                Cell::None,
                day.into(),
                term(&disclosure.ground),
                Cell::text(disclosure.disclosure_id),
                Cell::None,
            );
        }
    }
    table
}
