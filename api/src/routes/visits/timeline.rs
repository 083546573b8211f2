//! `GET /v1/visits/{visit_id}/timeline`

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_access::{Action, Disclosed};
use daybook_domain::visit::{Event, Transmission};
use daybook_domain::{MessageId, Role, Visit, VisitId};
use daybook_ledger::{Loaded, Recorded};
use daybook_projections::{AccessMark, TimelineEntry};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::caller::Caller;
use crate::command::hexadecimal;
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
                // What was taken back is shown to neither side, here as little as in the chat.
                if principal.role != Role::Compliance && entry.event_type == "message-sent" {
                    payload = payload.map(|payload| without_withdrawn(&visit, payload));
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

/// A message as it is shown: without what it said, if it was taken back.
fn without_withdrawn(visit: &Visit, mut payload: Value) -> Value {
    let withdrawn = |id: MessageId| visit.messages().get(id).is_some_and(|message| message.withdrawn);
    let id = payload["message_id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
    if id.is_some_and(|id| withdrawn(MessageId(id))) && payload.get("text").is_some() {
        payload["text"] = json!({ "withdrawn": true });
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
