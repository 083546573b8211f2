//! Who was shown what, and who was turned away: the facts of the door, to be found by patient, by reader and by time. A list
//! that showed many patients is found by each of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use daybook_domain::access_events::{PATIENT_STREAM, Purpose, SESSION_STREAM};
use daybook_domain::{AccessEvent, Code, PatientId, Role};
use daybook_ledger::Recorded;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Fact, Seen};
use crate::store;
use crate::views::Views;

/// Kinds of the rows: a fact once for its reader, and once for each patient it names.
const READER: &str = "reader";
const PATIENT: &str = "patient";

/// One fact of the door to PHI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub position: u64,
    pub event_id: Uuid,
    pub at: DateTime<Utc>,
    /// The reader's subject at the identity provider.
    pub reader: String,
    pub role: Role,
    /// The provider or patient the reader is; absent for staff who are neither, and in facts older than this field.
    pub person: Option<Uuid>,
    /// The reader's session; absent where an older fact about one patient does not tell.
    pub session: Option<Uuid>,
    pub action: Code,
    pub resource_kind: Code,
    pub resource_id: Option<Uuid>,
    pub purpose: Purpose,
    /// Everyone whose PHI was in it. Found by patient, only that one.
    pub patients: BTreeSet<PatientId>,
    /// How many patients it names.
    pub patient_count: usize,
    pub policies: Vec<Code>,
    /// Whether nothing was shown.
    pub denied: bool,
    pub correlation_id: Option<String>,
    /// The reason that was given for it.
    pub reason: Option<String>,
}

impl Reading {
    /// A fact of the door as it stands in the log. An export's own is none: beside it stands the read that let it out.
    pub fn of(recorded: &Recorded, fact: &AccessEvent) -> Option<Self> {
        let mut metadata = recorded.metadata();
        let mut id = |name: &str| metadata.remove(name).and_then(|id| id.parse().ok());
        let (person, told) = (id("person"), id("session"));
        let of_session = (&*recorded.stream.kind == SESSION_STREAM).then_some(recorded.stream.id);
        let (reader, role, action, kind, resource_id, purpose, patients, policies, denied) = match fact {
            AccessEvent::PhiRead(read) => (
                &read.reader,
                read.role,
                &read.action,
                &read.resource_kind,
                read.resource_id,
                read.purpose,
                &read.patients,
                &read.policies,
                false,
            ),
            AccessEvent::AccessDenied(denied) => (
                &denied.reader,
                denied.role,
                &denied.action,
                &denied.resource_kind,
                denied.resource_id,
                denied.purpose,
                &denied.patients,
                &denied.policies,
                true,
            ),
            AccessEvent::ExportMade(_) => return None,
        };
        let patients: BTreeSet<_> = patients.iter().copied().collect();
        Some(Self {
            position: recorded.position,
            event_id: recorded.event_id,
            at: recorded.recorded_at,
            reader: reader.clone(),
            role,
            person,
            session: told.or(of_session),
            action: action.clone(),
            resource_kind: kind.clone(),
            resource_id,
            purpose,
            patient_count: patients.len(),
            patients,
            policies: policies.clone(),
            denied,
            correlation_id: metadata.remove("correlation_id"),
            reason: metadata.remove("reason"),
        })
    }

    /// Whether the reader was this patient's own.
    pub fn is_by(&self, patient: PatientId) -> bool {
        self.role == Role::Patient && self.person == Some(patient.0)
    }
}

/// Facts found, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Readings {
    /// Position up to which every fact is in it.
    pub position: u64,
    pub readings: Vec<Reading>,
    /// Ask again after this position; `None`: this was the end.
    pub more_after: Option<u64>,
}

/// Which facts.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Everybody's.
    Everybody,
    /// Those that name this patient.
    Patient(PatientId),
    /// Those of this reader, by subject.
    Reader(&'a str),
    /// Those of this session.
    Session(Uuid),
}

/// A stored row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AccessRow {
    /// Found by its reader.
    OfReader(Reading),
    /// Found by a patient it names.
    OfPatient(PatientId, Reading),
}

impl AccessRow {
    fn reading(self) -> Reading {
        match self {
            AccessRow::OfReader(reading) | AccessRow::OfPatient(_, reading) => reading,
        }
    }
}

pub(crate) struct AccessFold;

impl Projection for AccessFold {
    const VIEW: View = View::Accesses;
    const VERSION: u32 = 3;
    const INDEXES: &'static [&'static str] = &["(clinic_id, owner, at)", "(clinic_id, kind, at)"];
    const STREAMS: &'static [&'static str] = &[PATIENT_STREAM, SESSION_STREAM];
    const KINDS: &'static [&'static str] = &[READER, PATIENT];
    type Row = AccessRow;

    /// Each row is written once.
    fn keys(_: &Seen) -> Vec<Key> {
        Vec::new()
    }

    fn fold(rows: &mut Rows<AccessRow>, seen: &Seen) {
        let Ok(Fact::Access(fact)) = &seen.fact else { return };
        let Some(reading) = Reading::of(&seen.recorded, fact) else { return };
        let position = reading.position;
        for patient in &reading.patients {
            let id = derived(&[reading.event_id.as_bytes(), patient.0.as_bytes()]);
            let of_patient = Reading { patients: [*patient].into(), ..reading.clone() };
            rows.set(Key { kind: PATIENT, id }, position, AccessRow::OfPatient(*patient, of_patient));
        }
        rows.set(Key { kind: READER, id: reading.event_id }, position, AccessRow::OfReader(reading));
    }

    fn columns(row: &AccessRow) -> Columns {
        let (owner, at) = match row {
            AccessRow::OfReader(reading) => (reader_id(&reading.reader), reading.at),
            AccessRow::OfPatient(patient, reading) => (patient.0, reading.at),
        };
        Columns { owner: Some(owner), tag: None, at: Some(at) }
    }
}

/// What a reader's rows are found by.
fn reader_id(subject: &str) -> Uuid {
    derived(&[b"reader", subject.as_bytes()])
}

fn derived(parts: &[&[u8]]) -> Uuid {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    let hash = hasher.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

impl Views {
    /// Up to `limit` facts recorded from one time to another (not including it), after a position (`None`: from the first).
    pub async fn readings(
        &self,
        clinic: Uuid,
        whose: Whose<'_>,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        after: Option<u64>,
        limit: u32,
    ) -> Result<Readings, Error> {
        let (kind, owner) = match whose {
            Whose::Everybody => (READER, None),
            Whose::Patient(patient) => (PATIENT, Some(patient.0)),
            Whose::Reader(subject) => (READER, Some(reader_id(subject))),
            Whose::Session(session) => (READER, Some(session)),
        };
        let owned = match whose {
            Whose::Everybody => "$2::uuid IS NULL AND",
            Whose::Session(_) => "(body->'OfReader'->>'session')::uuid = $2 AND",
            Whose::Patient(_) | Whose::Reader(_) => "owner = $2 AND",
        };
        let filter = format!("{owned} kind = '{kind}' AND at >= $3 AND at < $4 AND from_position > $5");
        let order = format!("at, from_position LIMIT {}", u64::from(limit) + 1);
        let after = after.map_or(-1, |after| after as i64);
        let (next, found) = store::read::<AccessRow>(&self.pool, View::Accesses, clinic, &filter, &order, |q| {
            q.bind(owner).bind(from).bind(to).bind(after)
        })
        .await?;
        let mut readings: Vec<_> = found.into_iter().map(|found| found.row.reading()).collect();
        let is_more = readings.len() > limit as usize;
        readings.truncate(limit as usize);
        let more_after = readings.last().filter(|_| is_more).map(|reading| reading.position);
        Ok(Readings { position: next.saturating_sub(1), readings, more_after })
    }
}

impl Views {
    /// Which patients these subjects have been, reading as one.
    pub async fn patients_behind(
        &self,
        clinic: Uuid,
        subjects: &BTreeSet<&str>,
    ) -> Result<BTreeMap<String, BTreeSet<PatientId>>, Error> {
        let owners: Vec<Uuid> = subjects.iter().map(|subject| reader_id(subject)).collect();
        let filter = format!("kind = '{READER}' AND owner = ANY($2) AND body->'OfReader'->>'role' = 'patient'");
        let (_, found) =
            store::read::<AccessRow>(&self.pool, View::Accesses, clinic, &filter, "id", |q| q.bind(owners)).await?;
        let mut behind = BTreeMap::<String, BTreeSet<PatientId>>::new();
        for reading in found.into_iter().map(|found| found.row.reading()) {
            let patient = reading.person.map(PatientId);
            behind.entry(reading.reader).or_default().extend(patient);
        }
        Ok(behind)
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::access_events::PhiRead;

    use super::*;
    use crate::told::{Told, id};

    fn read(reader: &str, patients: &[u128]) -> AccessEvent {
        PhiRead {
            reader: reader.into(),
            role: Role::FrontDesk,
            action: "read-waiting-room".try_into().unwrap(),
            resource_kind: "waiting-room".try_into().unwrap(),
            resource_id: None,
            purpose: Purpose::Treatment,
            patients: patients.iter().copied().map(id).collect(),
            policies: Vec::new(),
        }
        .into()
    }

    fn owned(rows: &[(Uuid, u64, AccessRow)], owner: Uuid) -> Vec<(u64, usize, usize)> {
        let mut owned: Vec<_> = (rows.iter())
            .filter(|(_, _, row)| AccessFold::columns(row).owner == Some(owner))
            .map(|(_, from, row)| (*from, row.clone().reading().patients.len(), row.clone().reading().patient_count))
            .collect();
        owned.sort_unstable();
        owned
    }

    #[test]
    fn a_list_is_found_by_its_reader_whole_and_by_each_patient_alone() {
        let told =
            Told::default().access(read("desk-7", &[1, 2, 2])).access(read("dr-7", &[2])).access(read("dr-7", &[]));
        let rows = told.rows::<AccessRow>(View::Accesses);
        assert_eq!(owned(&rows, id(1)), [(0, 1, 2)]);
        assert_eq!(owned(&rows, id(2)), [(0, 1, 2), (1, 1, 1)]);
        assert_eq!(owned(&rows, reader_id("desk-7")), [(0, 2, 2)]);
        assert_eq!(owned(&rows, reader_id("dr-7")), [(1, 1, 1), (2, 0, 0)]);
    }
}
