//! Superseded-read recall: who read or received a version of a note that was later corrected, added to or entered in error,
//! so that they can be told.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use daybook_domain::patient::DisclosureMade;
use daybook_domain::visit::Event;
use daybook_domain::{NoteId, PatientId, TimeZone, VisitId};
use daybook_ledger::Recorded;
use daybook_projections::Reading;

use super::term;
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

/// Whether what was read had this visit's notes in it, or may have had them.
fn holds(reading: &Reading, visit: VisitId, patient: PatientId) -> bool {
    let action = reading.action.as_str();
    let of = |kind: &str, id| reading.resource_kind.as_str() == kind && reading.resource_id == Some(id);
    match action {
        // One that names nobody is of a time or of the whole log.
        "export-log" => reading.patients.contains(&patient) || reading.patients.is_empty(),
        action if OF_A_VISIT.contains(&action) => of("visit", visit.0) || of("patient", patient.0),
        _ => false,
    }
}

/// Who read or received what stands no longer. `disclosures`: those of the patient that name the visit.
pub fn recall(
    (visit, patient): (VisitId, PatientId),
    versions: &[NoteVersion],
    readings: &[Reading],
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
        "role",
        "when",
        "purpose",
        "note_of_it",
        "position",
    ];
    let mut table = Table::new(format!("Who read or received a superseded note of visit {visit}"), &columns)
        .note("A read of a chart or timeline had all notes of the visit in it that stood then.")
        .note("An export leaves sealed values out unless it says otherwise; it is listed because it can be matched with the log.")
        .note("A disclosure is known by its day: on the day of a change it may have been of either version.");
    for version in versions {
        let (superseded, until, superseded_at) = version.superseded;
        let mut row = |how: Cell, who: Cell, role: Cell, when: Cell, purpose: Cell, more: Cell, position: Cell| {
            table.row([
                Cell::text(version.note_id),
                version.version.into(),
                term(&superseded),
                superseded_at.into(),
                how,
                who,
                role,
                when,
                purpose,
                more,
                position,
            ]);
        };
        let stood = (version.from.0..until).clone();
        let had =
            |reading: &&Reading| !reading.denied && stood.contains(&reading.position) && holds(reading, visit, patient);
        for reading in readings.iter().filter(had) {
            let unnamed = (reading.patients.is_empty()).then_some("names no patient: may hold it");
            row(
                reading.action.as_str().into(),
                reading.reader.as_str().into(),
                term(&reading.role),
                reading.at.into(),
                term(&reading.purpose),
                Cell::of(unnamed),
                reading.position.into(),
            );
        }
        let days = zone.day(version.from.1)..=zone.day(superseded_at);
        for disclosure in disclosures.iter().filter(|made| made.visits.contains(&visit) && days.contains(&made.on)) {
            let day: NaiveDate = disclosure.on;
            let recipient = disclosure.recipient.clear().map(|recipient| recipient.as_str());
            row(
                "disclosure".into(),
                Cell::of(recipient),
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
