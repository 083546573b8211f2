//! Imported history: what other systems recorded about each patient, by its own date, and the staff it names. What a
//! record says is read from the event at the position given here.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use daybook_domain::history::{DirectoryKind, Event, HistoryKind, OriginalDate};
use daybook_domain::{Code, PatientId, Sha256Hex, Text};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Fact, HISTORY, Seen};
use crate::store;
use crate::views::Views;

/// Kinds of the rows.
const RECORD: &str = "record";
const DIRECTORY: &str = "directory";

/// A stretch of a patient's imported history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct History {
    /// Position up to which all of it is known.
    pub position: u64,
    pub patient_id: PatientId,
    /// Newest original date first; undated ones last.
    pub records: Vec<HistoryRecord>,
    /// Ask again for what comes before this record; `None`: this was the end.
    pub more_before: Option<Uuid>,
}

/// One resource of another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRecord {
    /// Also the id of its stream.
    pub history_id: Uuid,
    pub patient_id: PatientId,
    pub kind: HistoryKind,
    /// As the source gave it.
    pub original_date: Option<OriginalDate>,
    pub source: Code,
    pub file_sha256: Sha256Hex,
    pub line: u64,
    pub imported_at: DateTime<Utc>,
    /// Position of the newest event, which holds what is shown.
    pub position: u64,
    /// How many contents of it were imported one after the other.
    pub versions: u64,
}

/// A practitioner or organization of another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    pub kind: DirectoryKind,
    pub name: Text<200>,
    pub npi: Option<Code>,
    pub source: Code,
    pub position: u64,
}

/// A stored row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum HistoryRow {
    Record(HistoryRecord),
    Directory(DirectoryEntry),
}

pub(crate) struct Histories;

impl Projection for Histories {
    const VIEW: View = View::History;
    const VERSION: u32 = 3;
    const INDEXES: &'static [&'static str] = &["(clinic_id, owner, at, id)"];
    const STREAMS: &'static [&'static str] = &[HISTORY];
    const KINDS: &'static [&'static str] = &[RECORD, DIRECTORY];
    type Row = HistoryRow;

    /// Each event replaces its row whole; there is none before a stream's first.
    fn keys(seen: &Seen) -> Vec<Key> {
        let id = seen.recorded.stream.id;
        match &seen.fact {
            Ok(Fact::History(_)) if seen.recorded.sequence == 1 => Vec::new(),
            Ok(Fact::History(Event::HistoryImported(_))) => vec![Key { kind: RECORD, id }],
            Ok(Fact::History(Event::DirectoryImported(_))) => vec![Key { kind: DIRECTORY, id }],
            _ => Vec::new(),
        }
    }

    fn fold(rows: &mut Rows<HistoryRow>, seen: &Seen) {
        let (position, id) = (seen.position(), seen.recorded.stream.id);
        match &seen.fact {
            Ok(Fact::History(Event::HistoryImported(imported))) => {
                let record = HistoryRecord {
                    history_id: id,
                    patient_id: imported.patient_id,
                    kind: imported.kind,
                    original_date: imported.original_date.clone(),
                    source: imported.origin.source.clone(),
                    file_sha256: imported.origin.file_sha256.clone(),
                    line: imported.origin.line,
                    imported_at: seen.recorded.recorded_at,
                    position,
                    versions: seen.recorded.sequence,
                };
                rows.set(Key { kind: RECORD, id }, position, HistoryRow::Record(record));
            }
            Ok(Fact::History(Event::DirectoryImported(imported))) => {
                let entry = DirectoryEntry {
                    kind: imported.kind,
                    name: imported.name.clone(),
                    npi: imported.npi.clone(),
                    source: imported.origin.source.clone(),
                    position,
                };
                rows.set(Key { kind: DIRECTORY, id }, position, HistoryRow::Directory(entry));
            }
            _ => {}
        }
    }

    fn columns(row: &HistoryRow) -> Columns {
        match row {
            HistoryRow::Record(record) => Columns {
                owner: Some(record.patient_id.0),
                tag: Some(record.kind.name()),
                // Undated records sort as the oldest.
                at: Some(record.original_date.as_ref().map_or_else(dawn, OriginalDate::earliest)),
            },
            HistoryRow::Directory(_) => Columns::default(),
        }
    }
}

/// Before any record's date, which the domain bounds.
fn dawn() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH - chrono::Duration::days(365 * 1_000)
}

impl Views {
    /// Up to `limit` records of a patient's imported history, of one kind or of all, before a record of it (`None`: from
    /// the newest). Records of a patient who is not known here are there all the same: who asks has to look.
    pub async fn history(
        &self,
        clinic: Uuid,
        patient: PatientId,
        kind: Option<HistoryKind>,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<History, Error> {
        let filter = format!(
            "kind = '{RECORD}' AND owner = $2 AND ($3::text IS NULL OR tag = $3) AND ($4::uuid IS NULL OR (at, id) <
             (SELECT other.at, other.id FROM {}.rows AS other WHERE other.clinic_id = $1 AND other.{} AND other.kind = '{RECORD}' AND other.id = $4))",
            View::History.schema(),
            store::current(View::History)
        );
        let order = format!("at DESC, id DESC LIMIT {}", u64::from(limit) + 1);
        let (next, found) = store::read::<HistoryRow>(&self.pool, View::History, clinic, &filter, &order, |q| {
            q.bind(patient.0).bind(kind.map(HistoryKind::name)).bind(before)
        })
        .await?;
        let mut records: Vec<_> = found
            .into_iter()
            .filter_map(|found| match found.row {
                HistoryRow::Record(record) => Some(record),
                HistoryRow::Directory(_) => None,
            })
            .collect();
        let is_more = records.len() > limit as usize;
        records.truncate(limit as usize);
        let more_before = records.last().filter(|_| is_more).map(|record| record.history_id);
        Ok(History { position: next.saturating_sub(1), patient_id: patient, records, more_before })
    }

    /// How many records of each kind a patient's imported history has.
    pub async fn history_counts(&self, clinic: Uuid, patient: PatientId) -> Result<BTreeMap<HistoryKind, u64>, Error> {
        let sql = format!(
            "SELECT tag, count(*) FROM {}.rows WHERE clinic_id = $1 AND {} AND kind = '{RECORD}' AND owner = $2 GROUP BY tag",
            View::History.schema(),
            store::current(View::History)
        );
        let rows = sqlx::query(&sql).bind(clinic).bind(patient.0).fetch_all(&self.pool).await?;
        let mut counts = BTreeMap::new();
        for row in rows {
            let tag: &str = row.try_get(0)?;
            let kind = HistoryKind::ALL.into_iter().find(|kind| kind.name() == tag);
            counts.extend(kind.map(|kind| row.try_get::<i64, _>(1).map(|count| (kind, count as u64))).transpose()?);
        }
        Ok(counts)
    }

    /// Of these ids, the practitioners and organizations that were imported.
    pub async fn imported_directory(
        &self,
        clinic: Uuid,
        ids: Vec<Uuid>,
    ) -> Result<BTreeMap<Uuid, DirectoryEntry>, Error> {
        let filter = format!("kind = '{DIRECTORY}' AND id = ANY($2)");
        let (_, found) =
            store::read::<HistoryRow>(&self.pool, View::History, clinic, &filter, "id", |q| q.bind(ids)).await?;
        let entries = found.into_iter().filter_map(|found| match found.row {
            HistoryRow::Directory(entry) => Some((found.id, entry)),
            HistoryRow::Record(_) => None,
        });
        Ok(entries.collect())
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::history::{DirectoryImported, HistoryImported};
    use daybook_domain::{Catalogue, Phi};

    use super::*;
    use crate::told::{self, Told, id};

    fn imported(date: Option<&str>, line: u64) -> HistoryImported {
        HistoryImported {
            patient_id: id(told::PATIENT),
            kind: HistoryKind::Condition,
            origin: told::origin(line),
            original_date: date.map(|date| date.try_into().unwrap()),
            class: Phi::Sealed,
            resource_id: Phi::Sealed,
            resource: Phi::Sealed,
        }
    }

    fn history(told: Told, stream: u128, event: &impl Catalogue) -> Told {
        told.told("history", stream, event)
    }

    #[test]
    fn a_record_is_shown_as_it_was_last_imported() {
        let told = history(Told::default(), 9, &Event::from(imported(Some("2019-10"), 3)));
        let told = history(told, 9, &Event::from(imported(Some("2019-10-14"), 7)));
        let rows = told.rows::<HistoryRow>(View::History);
        let [(_, from, HistoryRow::Record(record))] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!((*from, record.position, record.versions, record.line), (1, 1, 2, 7));
        assert_eq!(record.original_date.as_ref().unwrap().as_str(), "2019-10-14");
    }

    #[test]
    fn an_undated_record_sorts_before_every_dated_one() {
        let row = |date| {
            let told = history(Told::default(), 9, &Event::from(imported(date, 1)));
            Histories::columns(&told.rows::<HistoryRow>(View::History).remove(0).2)
        };
        assert!(row(None).at < row(Some("1890")).at);
        assert_eq!(row(None).tag, Some("condition"));
    }

    #[test]
    fn staff_stand_apart_from_patients() {
        let entry = DirectoryImported {
            kind: DirectoryKind::Practitioner,
            origin: told::origin(1),
            resource_id: "d-1".try_into().unwrap(),
            name: "Dr. Grey".try_into().unwrap(),
            npi: None,
        };
        let told = history(Told::default(), 9, &Event::from(entry));
        let rows = told.rows::<HistoryRow>(View::History);
        let [(_, _, row @ HistoryRow::Directory(entry))] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!((entry.name.as_str(), Histories::columns(row).owner), ("Dr. Grey", None));
    }
}
