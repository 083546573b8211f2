//! Which events an export is of: found in the log itself, never in a read model, which may lag behind.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, Utc};
use daybook_domain::access_events::PATIENT_STREAM;
use daybook_domain::{AccessEvent, PatientId};
use daybook_ledger::format::Stream;
use daybook_ledger::{Ledger, Recorded};
use uuid::Uuid;

use super::ExportError;
use crate::bundle::Scope;

/// Events read at once.
const PAGE: u64 = 1_000;

/// What is exported.
#[derive(Clone, Debug)]
pub struct Selection {
    scope: Scope,
    streams: BTreeMap<Stream, bool>,
    which: Which,
    entries: bool,
}

#[derive(Clone, Debug)]
enum Which {
    /// These, in order.
    Positions(Vec<u64>),
    /// All from the first up to, and not including, the last.
    Range(u64, u64),
}

/// Looks up what is to be exported of a log of this size.
pub async fn select(
    ledger: &Ledger,
    clinic: Uuid,
    (scope, entries): (Scope, bool),
    size: u64,
) -> Result<Selection, ExportError> {
    let selection = match scope {
        Scope::Visit { visit_id } => visit(ledger, clinic, visit_id, size).await?,
        Scope::Patient { patient_id } => patient(ledger, clinic, patient_id, size).await?,
        Scope::Time { from, to } => all(scope, within(ledger, clinic, (from, to), size).await?),
        Scope::Clinic {} => all(scope, 0..size),
    };
    Ok(Selection { entries: entries || selection.entries, ..selection })
}

/// Everything within these positions.
fn all(scope: Scope, positions: Range<u64>) -> Selection {
    Selection { scope, streams: BTreeMap::new(), which: Which::Range(positions.start, positions.end), entries: true }
}

/// Whose an export is.
pub(super) enum Concerned {
    /// One patient's, or nobody's.
    One(Option<PatientId>),
    /// Whoever stands within these positions.
    Many(Range<u64>),
}

/// Whose an export is. Refuses where there is nothing to export.
pub(super) async fn concerned(ledger: &Ledger, clinic: Uuid, scope: Scope) -> Result<Concerned, ExportError> {
    let size = ledger.head(clinic).await?.map_or(0, |head| head.size);
    match scope {
        Scope::Visit { visit_id } => {
            let acts = ledger.read_stream(clinic, &Stream::new("visit", visit_id), 0).await?;
            if acts.is_empty() {
                return Err(no_visit(clinic, visit_id));
            }
            Ok(Concerned::One(acts.iter().find_map(patient_of).map(PatientId)))
        }
        Scope::Patient { patient_id } => {
            for kind in ["patient", PATIENT_STREAM] {
                if !ledger.read_stream(clinic, &Stream::new(kind, patient_id), 0).await?.is_empty() {
                    return Ok(Concerned::One(Some(PatientId(patient_id))));
                }
            }
            Err(no_patient(clinic, patient_id))
        }
        Scope::Time { from, to } => Ok(Concerned::Many(within(ledger, clinic, (from, to), size).await?)),
        Scope::Clinic {} if size == 0 => Err(ExportError::Nothing(format!("clinic {clinic} has no log"))),
        Scope::Clinic {} => Ok(Concerned::Many(0..size)),
    }
}

fn no_visit(clinic: Uuid, visit: Uuid) -> ExportError {
    ExportError::Nothing(format!("there is no visit {visit} at clinic {clinic}"))
}

fn no_patient(clinic: Uuid, patient: Uuid) -> ExportError {
    ExportError::Nothing(format!("there is no patient {patient} at clinic {clinic}"))
}

/// The visit's stream, whole, and of its patient's access stream the facts about it.
async fn visit(ledger: &Ledger, clinic: Uuid, visit: Uuid, size: u64) -> Result<Selection, ExportError> {
    let stream = Stream::new("visit", visit);
    let acts = before(size, ledger.read_stream(clinic, &stream, 0).await?);
    if acts.is_empty() {
        return Err(no_visit(clinic, visit));
    }
    let mut streams = BTreeMap::from([(stream, true)]);
    let mut positions: Vec<u64> = acts.iter().map(|act| act.position).collect();
    if let Some(patient) = acts.iter().find_map(patient_of) {
        let access = Stream::new(PATIENT_STREAM, patient);
        let reads = before(size, ledger.read_stream(clinic, &access, 0).await?);
        let about = reads.iter().filter(|read| is_about(read, visit)).map(|read| read.position);
        let count = positions.len();
        positions.extend(about);
        if positions.len() > count {
            streams.insert(access, false);
        }
    }
    positions.sort_unstable();
    let scope = Scope::Visit { visit_id: visit };
    Ok(Selection { scope, streams, which: Which::Positions(positions), entries: false })
}

/// Every stream that begins by naming the patient, and what was read of them.
async fn patient(ledger: &Ledger, clinic: Uuid, patient: Uuid, size: u64) -> Result<Selection, ExportError> {
    let mut streams = BTreeMap::new();
    for kind in ["patient", PATIENT_STREAM] {
        streams.insert(Stream::new(kind, patient), true);
    }
    let mut from = 0;
    while from < size {
        let page = ledger.read_log(clinic, from, PAGE.min(size - from)).await?;
        let Some(last) = page.last() else { return Err(ExportError::Changed(from)) };
        from = last.position + 1;
        let begun = page.iter().filter(|event| event.sequence == 1 && patient_of(event) == Some(patient));
        streams.extend(begun.map(|event| (event.stream.clone(), true)));
    }
    let mut positions = Vec::new();
    for stream in streams.clone().keys() {
        let events = before(size, ledger.read_stream(clinic, stream, 0).await?);
        if events.is_empty() {
            streams.remove(stream);
        }
        positions.extend(events.iter().map(|event| event.position));
    }
    if positions.is_empty() {
        return Err(no_patient(clinic, patient));
    }
    positions.sort_unstable();
    let scope = Scope::Patient { patient_id: patient };
    Ok(Selection { scope, streams, which: Which::Positions(positions), entries: false })
}

/// Time never runs backwards in a log, so the first event of a time is found by halving.
async fn within(
    ledger: &Ledger,
    clinic: Uuid,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    size: u64,
) -> Result<Range<u64>, ExportError> {
    let (first, end) = (first_since(ledger, clinic, from, size).await?, first_since(ledger, clinic, to, size).await?);
    if first >= end {
        return Err(ExportError::Nothing(format!("nothing was recorded at clinic {clinic} in that time")));
    }
    Ok(first..end)
}

async fn first_since(ledger: &Ledger, clinic: Uuid, at: DateTime<Utc>, size: u64) -> Result<u64, ExportError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let event = ledger.read_positions(clinic, &[middle]).await?.pop().ok_or(ExportError::Changed(middle))?;
        if event.recorded_at < at { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

fn before(size: u64, mut events: Vec<Recorded>) -> Vec<Recorded> {
    events.retain(|event| event.position < size);
    events
}

/// Whom an event names as its patient.
fn patient_of(event: &Recorded) -> Option<Uuid> {
    let payload: serde_json::Value = serde_json::from_slice(&event.payload).ok()?;
    payload.get("patient_id")?.as_str()?.parse().ok()
}

fn is_about(read: &Recorded, visit: Uuid) -> bool {
    read.decode::<AccessEvent>().is_ok_and(|fact| fact.visit() == Some(visit))
}

impl Selection {
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// How many events that is.
    pub fn events(&self) -> u64 {
        match &self.which {
            Which::Positions(positions) => positions.len() as u64,
            Which::Range(from, to) => to - from,
        }
    }

    /// The positions it is of, where it is of all that stands there.
    pub(super) fn range(&self) -> Option<Range<u64>> {
        match self.which {
            Which::Positions(_) => None,
            Which::Range(from, to) => Some(from..to),
        }
    }

    /// Whether every entry of the log goes along.
    pub(super) fn with_entries(&self) -> bool {
        self.entries
    }

    /// The streams that are told apart, and whether each is whole.
    pub(super) fn streams(&self) -> impl Iterator<Item = (&Stream, bool)> {
        self.streams.iter().map(|(stream, whole)| (stream, *whole))
    }

    pub(crate) fn pages(&self) -> Pages {
        Pages { which: self.which.clone() }
    }
}

/// The events, page by page.
pub(crate) struct Pages {
    which: Which,
}

impl Pages {
    pub async fn next(&mut self, ledger: &Ledger, clinic: Uuid) -> Result<Option<Vec<Recorded>>, ExportError> {
        let (page, wanted) = match &mut self.which {
            Which::Positions(positions) => {
                let later = positions.split_off(positions.len().min(PAGE as usize));
                let now = std::mem::replace(positions, later);
                (ledger.read_positions(clinic, &now).await?, now.len() as u64)
            }
            Which::Range(from, to) => {
                let wanted = PAGE.min(*to - *from);
                let page = ledger.read_log(clinic, *from, wanted).await?;
                *from += wanted;
                (page, wanted)
            }
        };
        if (page.len() as u64) < wanted {
            return Err(ExportError::Changed(page.last().map_or(0, |event| event.position + 1)));
        }
        Ok((wanted > 0).then_some(page))
    }
}
