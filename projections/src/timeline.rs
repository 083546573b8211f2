//! The timeline of a visit: everything that happened in it and every time it was read, in one order. It shows events this
//! program cannot read too, since what it shows of them is their envelope. The log tells what happened in a visit; only where in
//! the log the visit was read is kept beside it.

use chrono::{DateTime, Utc};
use daybook_domain::access_events::{PATIENT_STREAM, Purpose, SESSION_STREAM};
use daybook_domain::{AccessEvent, Code, Role, VisitId};
use daybook_ledger::{Recorded, Stream};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::{Columns, Key, Projection, Rows, View};
use crate::seen::{Fact, Seen, VISIT};
use crate::store;
use crate::views::Views;

/// Kind of the rows.
const LOOK: &str = "look";

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

/// A stored row: of which visit something was read. What was read, how and by whom is read from the log, as are the visit's
/// own events, which need no row at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Looked {
    visit_id: Uuid,
}

pub(crate) struct Timelines;

impl Projection for Timelines {
    const VIEW: View = View::Timeline;
    const VERSION: u32 = 4;
    const INDEXES: &'static [&'static str] = &["(clinic_id, owner, from_position)"];
    const STREAMS: &'static [&'static str] = &[PATIENT_STREAM, SESSION_STREAM];
    const KINDS: &'static [&'static str] = &[LOOK];
    type Row = Looked;

    /// Each row is written once.
    fn keys(_: &Seen) -> Vec<Key> {
        Vec::new()
    }

    fn fold(rows: &mut Rows<Looked>, seen: &Seen) {
        if let Ok(Fact::Access(event)) = &seen.fact
            && let Some(visit_id) = event.visit()
        {
            rows.set(Key { kind: LOOK, id: seen.recorded.event_id }, seen.position(), Looked { visit_id });
        }
    }

    fn columns(row: &Looked) -> Columns {
        Columns { owner: Some(row.visit_id), tag: None, at: None }
    }
}

/// What an access fact says; nothing where the event is none, or none that this program can read.
fn access_mark(event: &Recorded) -> Option<AccessMark> {
    let mark = match event.decode().ok()? {
        AccessEvent::PhiRead(read) => AccessMark {
            reader: read.reader,
            role: read.role,
            action: read.action,
            purpose: read.purpose,
            denied: false,
        },
        AccessEvent::AccessDenied(denied) => AccessMark {
            reader: denied.reader,
            role: denied.role,
            action: denied.action,
            purpose: denied.purpose,
            denied: true,
        },
        AccessEvent::ExportMade(made) => AccessMark {
            reader: made.taker,
            role: made.role,
            action: Code::try_from("export-log").ok()?,
            purpose: Purpose::Audit,
            denied: false,
        },
    };
    Some(mark)
}

fn entry(event: Recorded) -> TimelineEntry {
    let mut metadata = event.metadata();
    let access = if event.stream.kind == VISIT { None } else { access_mark(&event) };
    TimelineEntry {
        position: event.position,
        stream_type: event.stream.kind.to_string(),
        stream_id: event.stream.id,
        sequence: event.sequence,
        event_id: event.event_id,
        event_type: event.event_type,
        event_version: event.event_version,
        recorded_at: event.recorded_at,
        actor: metadata.remove("actor"),
        role: metadata.remove("role"),
        correlation_id: metadata.remove("correlation_id"),
        causation_id: metadata.remove("causation_id"),
        command_id: metadata.remove("command_id"),
        access,
    }
}

/// The first of these events in the log's order, and after which there are more.
fn stretch(mut events: Vec<Recorded>, limit: usize) -> (Vec<TimelineEntry>, Option<u64>) {
    events.sort_by_key(|event| event.position);
    let is_more = events.len() > limit;
    events.truncate(limit);
    let more_after = events.last().filter(|_| is_more).map(|event| event.position);
    (events.into_iter().map(entry).collect(), more_after)
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
        let from = after.map_or(0, |after| after.saturating_add(1));
        // One more than is shown tells whether there is more.
        let wanted = u64::from(limit) + 1;
        let order = format!("from_position LIMIT {wanted}");
        let filter = "owner = $2 AND from_position >= $3";
        let first = i64::try_from(from).unwrap_or(i64::MAX);
        let (next, looks) = store::read::<Looked>(&self.pool, View::Timeline, clinic, filter, &order, |query| {
            query.bind(visit.0).bind(first)
        })
        .await?;
        let positions: Vec<u64> = looks.iter().map(|look| look.from).collect();
        // Up to where the looks are known, so that nothing is shown before what came first.
        let mut events =
            self.ledger.read_stream_within(clinic, &Stream::new(VISIT, visit.0), from..next, wanted).await?;
        events.extend(self.ledger.read_positions(clinic, &positions).await?);
        let (entries, more_after) = stretch(events, limit as usize);
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

    #[test]
    fn a_read_of_a_visit_is_on_its_timeline_and_a_read_of_something_else_is_not() {
        let told = Told::default()
            .visit(9, told::scheduled(told::PROVIDER, 0))
            .access(read("visit", 9))
            .access(read("patient", 9))
            .visit(9, told::arrived());
        let looks = told.rows::<Looked>(View::Timeline);
        let looks: Vec<_> = looks.into_iter().map(|(_, position, look)| (position, look.visit_id)).collect();
        assert_eq!(looks, [(1, id(9))]);
    }

    #[test]
    fn what_happened_and_who_read_it_stand_in_one_order() {
        let Told { mut events, .. } = Told::default()
            .visit(9, told::scheduled(told::PROVIDER, 0))
            .access(read("visit", 9))
            .visit(9, told::arrived());
        events.rotate_left(1);
        let (entries, more_after) = stretch(events.clone(), 3);
        let types: Vec<_> = entries.iter().map(|entry| (entry.position, &*entry.event_type)).collect();
        assert_eq!((&types[..], more_after), (&[(0, "scheduled"), (1, "phi-read"), (2, "arrived")][..], None));
        assert_eq!(entries[1].access.as_ref().map(|mark| (&*mark.reader, mark.denied)), Some(("dr-7", false)));
        assert_eq!((entries[0].actor.as_deref(), entries[0].role.as_deref()), (Some("desk-7"), Some("front-desk")));
        assert_eq!(entries[2].sequence, 2);
        assert_eq!(stretch(events, 2).1, Some(1));
    }

    #[test]
    fn an_event_this_program_does_not_know_is_shown_all_the_same() {
        let told = Told::default().raw("visit", 9, "teleported", "9.0", &json!({}));
        assert_eq!(stretch(told.events, 5).0[0].event_type, "teleported");
    }
}
