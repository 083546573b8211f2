//! The timeline of a visit: everything that happened in it and every time it was read, in one order. It shows events this
//! program cannot read too, since what it shows of them is their envelope.

use chrono::{DateTime, Utc};
use daybook_domain::access_events::{PATIENT_STREAM, Purpose, SESSION_STREAM};
use daybook_domain::{AccessEvent, Code, Role, VisitId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Fact, Seen, VISIT};
use crate::store;
use crate::views::Views;

/// Kind of the rows.
const ENTRY: &str = "entry";

/// A stretch of a visit's timeline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// Position up to which the whole timeline is known.
    pub position: u64,
    pub visit_id: VisitId,
    /// By position.
    pub entries: Vec<TimelineEntry>,
    /// Ask again after this position; `None`: this was the end.
    pub more_after: Option<u64>,
}

/// One event on the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    pub position: u64,
    pub stream_type: String,
    pub stream_id: Uuid,
    pub sequence: u64,
    pub event_id: Uuid,
    pub event_type: String,
    pub event_version: String,
    pub recorded_at: DateTime<Utc>,
    /// Who acted, from the metadata.
    pub actor: Option<String>,
    pub role: Option<String>,
    pub correlation_id: Option<String>,
    pub causation_id: Option<String>,
    pub command_id: Option<String>,
    /// Of an access fact, what was read and how.
    pub access: Option<AccessMark>,
}

/// What an access fact says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessMark {
    pub reader: String,
    pub role: Role,
    pub action: Code,
    pub purpose: Purpose,
    pub denied: bool,
}

/// A stored row: the visit it belongs to, and what is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TimelineRow {
    visit_id: Uuid,
    entry: TimelineEntry,
}

pub(crate) struct Timelines;

impl Projection for Timelines {
    const VIEW: View = View::Timeline;
    const VERSION: u32 = 1;
    const INDEXES: &'static [&'static str] = &["clinic_id, owner, from_position"];
    const STREAMS: &'static [&'static str] = &[PATIENT_STREAM, SESSION_STREAM];
    const KINDS: &'static [&'static str] = &[ENTRY];
    type Row = TimelineRow;

    /// Each row is written once.
    fn keys(_: &Seen) -> Vec<Key> {
        Vec::new()
    }

    fn fold(rows: &mut Rows<TimelineRow>, seen: &Seen) {
        let (visit_id, access) = match &seen.fact {
            _ if seen.recorded.stream.kind == VISIT => (seen.recorded.stream.id, None),
            Ok(Fact::Access(event)) => match access_mark(event) {
                Some((visit_id, mark)) => (visit_id, Some(mark)),
                None => return,
            },
            _ => return,
        };
        let entry = entry(seen, access);
        rows.set(Key { kind: ENTRY, id: entry.event_id }, entry.position, TimelineRow { visit_id, entry });
    }

    fn columns(row: &TimelineRow) -> Columns {
        Columns { owner: Some(row.visit_id), tag: None, at: Some(row.entry.recorded_at) }
    }
}

/// The visit an access fact is about, if it is about one.
fn access_mark(event: &AccessEvent) -> Option<(Uuid, AccessMark)> {
    let mark = match event {
        AccessEvent::PhiRead(read) => AccessMark {
            reader: read.reader.clone(),
            role: read.role,
            action: read.action.clone(),
            purpose: read.purpose,
            denied: false,
        },
        AccessEvent::AccessDenied(denied) => AccessMark {
            reader: denied.reader.clone(),
            role: denied.role,
            action: denied.action.clone(),
            purpose: denied.purpose,
            denied: true,
        },
        AccessEvent::ExportMade(made) => AccessMark {
            reader: made.taker.clone(),
            role: made.role,
            action: Code::try_from("export-log").ok()?,
            purpose: Purpose::Audit,
            denied: false,
        },
    };
    Some((event.visit()?, mark))
}

fn entry(seen: &Seen, access: Option<AccessMark>) -> TimelineEntry {
    let event = &seen.recorded;
    let mut metadata = event.metadata();
    TimelineEntry {
        position: event.position,
        stream_type: event.stream.kind.to_string(),
        stream_id: event.stream.id,
        sequence: event.sequence,
        event_id: event.event_id,
        event_type: event.event_type.clone(),
        event_version: event.event_version.clone(),
        recorded_at: event.recorded_at,
        actor: metadata.remove("actor"),
        role: metadata.remove("role"),
        correlation_id: metadata.remove("correlation_id"),
        causation_id: metadata.remove("causation_id"),
        command_id: metadata.remove("command_id"),
        access,
    }
}

impl Views {
    /// Up to `limit` entries of a visit's timeline after a position (`None`: from its beginning).
    pub async fn timeline(
        &self,
        clinic: Uuid,
        visit: VisitId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Timeline, Error> {
        let filter = "owner = $2 AND from_position > $3";
        let after = after.map_or(-1, |after| after as i64);
        let order = format!("from_position LIMIT {}", u64::from(limit) + 1);
        let (next, found) = store::read::<TimelineRow>(&self.pool, View::Timeline, clinic, filter, &order, |q| {
            q.bind(visit.0).bind(after)
        })
        .await?;
        let mut entries: Vec<_> = found.into_iter().map(|found| found.row.entry).collect();
        let is_more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        let more_after = entries.last().filter(|_| is_more).map(|entry| entry.position);
        Ok(Timeline { position: next.saturating_sub(1), visit_id: visit, entries, more_after })
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::access_events::PhiRead;
    use serde_json::json;

    use super::*;
    use crate::told::{self, Told, id};

    fn read(kind: &str, visit: u128) -> AccessEvent {
        PhiRead {
            reader: "dr-7".into(),
            role: Role::Provider,
            action: "view-visit".try_into().unwrap(),
            resource_kind: kind.try_into().unwrap(),
            resource_id: Some(id(visit)),
            purpose: Purpose::Treatment,
            patients: vec![id(told::PATIENT)],
            policies: Vec::new(),
        }
        .into()
    }

    fn entries(told: &Told) -> Vec<TimelineEntry> {
        let mut entries: Vec<_> =
            told.rows::<TimelineRow>(View::Timeline).into_iter().map(|(_, _, row)| row.entry).collect();
        entries.sort_by_key(|entry| entry.position);
        entries
    }

    #[test]
    fn what_happened_and_who_read_it_stand_in_one_order() {
        let told = Told::default()
            .visit(9, told::scheduled(told::PROVIDER, 0))
            .access(read("visit", 9))
            .access(read("patient", 9))
            .visit(9, told::arrived());
        let entries = entries(&told);
        let types: Vec<_> = entries.iter().map(|entry| (entry.position, &*entry.event_type)).collect();
        assert_eq!(types, [(0, "scheduled"), (1, "phi-read"), (3, "arrived")]);
        assert_eq!(entries[1].access.as_ref().map(|mark| (&*mark.reader, mark.denied)), Some(("dr-7", false)));
        assert_eq!((entries[0].actor.as_deref(), entries[0].role.as_deref()), (Some("desk-7"), Some("front-desk")));
        assert_eq!(entries[2].sequence, 2);
    }

    #[test]
    fn an_event_this_program_does_not_know_is_shown_all_the_same() {
        let told = Told::default().raw("visit", 9, "teleported", "9.0", &json!({}));
        assert_eq!(entries(&told)[0].event_type, "teleported");
    }
}
