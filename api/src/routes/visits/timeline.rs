//! `GET /v1/visits/{visit_id}/timeline`

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_access::{Action, Disclosed};
use daybook_domain::visit::{Event, Transmission};
use daybook_domain::{FileId, MessageId, Role, Visit, VisitId};
use daybook_ledger::{Loaded, Recorded};
use daybook_projections::{AccessMark, TimelineEntry};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::IntoParams;
use uuid::Uuid;

use daybook_ledger::format::hexadecimal;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::routes::{Refusals, VisitPath};
use crate::shown::{Shown, plain};

/// Entries in one answer, at most.
const MOST: u32 = 500;

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TimelineQuery {
    /// Entries after this position; from the beginning if absent.
    after: Option<u64>,
    /// How many, 1 to 500; 100 if absent.
    limit: Option<u32>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

#[derive(Serialize)]
struct TimelineShown {
    position: u64,
    visit_id: VisitId,
    entries: Vec<EntryShown>,
    more_after: Option<u64>,
}

#[derive(Serialize)]
struct EntryShown {
    #[serde(flatten)]
    entry: TimelineEntry,
    /// What the event says, for events of the visit itself.
    payload: Option<Value>,
    /// Of an event of an order: whether that order had gone out with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    transmission: Option<Transmission>,
    hash: Option<String>,
}

/// Everything that happened in a visit and every time it was read, in one order.
#[utoipa::path(
    tag = "visits",
    params(TimelineQuery),
    responses((status = 200, description = "A stretch of it.", body = ref("#/components/schemas/Timeline")), Refusals)
)]
#[get("/v1/visits/{visit_id}/timeline")]
pub async fn show_timeline(
    path: Path<VisitPath>,
    caller: Caller,
    question: Query<TimelineQuery>,
) -> Result<Shown, Problem> {
    let limit = question.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::parameter("limit", "between 1 and 500"));
    }
    caller
        .detached(move |caller| async move {
            let (state, clinic, id) = (&caller.state, caller.clinic(), path.visit_id);
            query::written(&caller, "after", question.after).await?;
            query::wait_for(&caller, question.min_position).await?;
            let visit: Loaded<Visit> = caller.load(id.0).await?;
            let receipt = caller.read_visit(Action::ReadTimeline, id, &visit).await?;
            if !visit.exists() {
                return Err(Problem::not_found());
            }
            let timeline = state.views.timeline(clinic, id, question.after, limit).await?;
            let own = |entry: &&TimelineEntry| entry.stream_type == "visit";
            let positions: Vec<u64> = timeline.entries.iter().filter(own).map(|entry| entry.position).collect();
            let events = state.ledger.read_positions(clinic, &positions).await?;
            let opened = state.access.open(&receipt, &events).await?;
            // An event this program cannot read is shown all the same, as the envelope it came in.
            let sent = |event: &Recorded| Transmission::after(&event.decode::<Event>().ok()?);
            let mut sent: BTreeMap<u64, Transmission> =
                events.iter().filter_map(|event| Some((event.position, sent(event)?))).collect();
            let mut payloads: BTreeMap<u64, (Value, String)> = opened
                .into_iter()
                .map(|event| (event.position, (plain(event.payload), hexadecimal(&event.hash))))
                .collect();
            let principal = &caller.principal;
            let entries = timeline.entries.into_iter().map(|entry| {
                let entry = if principal.role == Role::Patient { told_to(&principal.subject, entry) } else { entry };
                let (mut payload, hash) = payloads.remove(&entry.position).unzip();
                if principal.role != Role::Compliance {
                    let kind = entry.event_type.as_str();
                    payload = payload.map(|payload| without_taken_back(&visit, principal.role, kind, payload));
                }
                let transmission = sent.remove(&entry.position);
                EntryShown { entry, payload, transmission, hash }
            });
            let (position, more_after) = (timeline.position, timeline.more_after);
            let shown = TimelineShown { position, visit_id: id, entries: entries.collect(), more_after };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

/// What was taken back is shown to neither side, here as little as where it stood: it may be about somebody else. Nor is a
/// patient told in staff's own words why, which may name them.
fn without_taken_back(visit: &Visit, role: Role, kind: &str, mut payload: Value) -> Value {
    let id = |name: &str| payload[name].as_str().and_then(|id| id.parse::<Uuid>().ok());
    let (message, file) = (id("message_id").map(MessageId), id("file_id").map(FileId));
    let withdrawn = message.and_then(|id| visit.messages().get(id)).is_some_and(|message| message.withdrawn);
    let removed = file.and_then(|id| visit.files().get(id)).is_some_and(|file| file.removed);
    let by_staff = |name: &str| role == Role::Patient && payload[name] != Role::Patient.name();
    let hidden = match kind {
        "message-sent" if withdrawn => "text",
        "file-attached" if removed => "name",
        "message-withdrawn" if by_staff("withdrawn_by") => "details",
        "file-removed" if by_staff("removed_by") => "details",
        _ => return payload,
    };
    if let Some(value) = payload.get_mut(hidden) {
        *value = json!({ "withheld": true });
    }
    payload
}

/// A patient learns that another one tried to read this, and nothing that would name them: a subject, or the stream of their
/// session.
fn told_to(patient: &str, entry: TimelineEntry) -> TimelineEntry {
    let somebody_else = entry.access.as_ref().is_some_and(|mark| mark.role == Role::Patient && mark.reader != patient);
    if !somebody_else {
        return entry;
    }
    let access = entry.access.map(|mark| AccessMark { reader: ANOTHER_PATIENT.to_owned(), ..mark });
    TimelineEntry { access, stream_id: Uuid::nil(), actor: None, correlation_id: None, causation_id: None, ..entry }
}

const ANOTHER_PATIENT: &str = "(another patient)";
