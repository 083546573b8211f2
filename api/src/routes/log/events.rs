//! `GET /v1/log/events`

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, Utc};
use daybook_access::{Action, Resource};
use daybook_ledger::Recorded;
use daybook_ledger::format::{hexadecimal, part};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// Events in one answer, at most.
const MOST: u64 = 1_000;

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Position of the first; 0 if absent.
    from: Option<u64>,
    /// How many, 1 to 1000; 100 if absent.
    limit: Option<u64>,
}

/// A stretch of the log.
#[derive(Serialize, JsonSchema)]
pub struct EventsShown {
    /// By position.
    events: Vec<EventShown>,
    /// Ask again from here; absent at the end of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// An event as it stands in the log. Its protected values stay sealed.
#[derive(Serialize, JsonSchema)]
struct EventShown {
    /// Place in the clinic's log.
    position: u64,
    /// Kind of stream.
    stream_type: String,
    /// Which stream.
    stream_id: Uuid,
    /// Place in its stream, from 1.
    sequence: u64,
    /// The event.
    event_id: Uuid,
    /// What happened.
    event_type: String,
    /// Version of its schema.
    event_version: String,
    /// When.
    recorded_at: DateTime<Utc>,
    /// Hash of the event before it in its stream.
    prev_hash: String,
    /// Its hash.
    hash: String,
    /// The exact text that was hashed.
    metadata: String,
    /// The exact text that was hashed.
    payload: String,
    /// SHA-256 of `daybook/sealed/v1`, LF, NUL and the sealed bytes: with it the hash can be computed without them.
    sealed_hash: String,
}

/// The clinic's log, event by event, sealed.
#[utoipa::path(
    tag = "log",
    params(EventsQuery),
    responses((status = 200, description = "A stretch of it.", body = ref("#/components/schemas/EventsShown")), Refusals)
)]
#[get("/v1/log/events")]
pub async fn list_events(caller: Caller, question: Query<EventsQuery>) -> Result<Shown, Problem> {
    let (from, limit) = (question.from.unwrap_or(0), question.limit.unwrap_or(100));
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::parameter("limit", "between 1 and 1000"));
    }
    if i64::try_from(from).is_err() {
        return Err(Problem::parameter("from", "a position"));
    }
    caller
        .detached(move |caller| async move {
            let resource = Resource::log(caller.principal.clinic);
            // Nothing is written, so the permit's policies are not either.
            let _ = caller.state.access.permit(&caller.asking(), Action::ReadLogEntries, &resource).await?;
            let events = caller.state.ledger.read_log(caller.clinic(), from, limit).await?;
            let next = (events.len() as u64 == limit).then(|| from + limit);
            Shown::plain(&EventsShown { events: events.iter().map(shown).collect(), next })
        })
        .await
}

fn shown(event: &Recorded) -> EventShown {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    EventShown {
        position: event.position,
        stream_type: event.stream.kind.to_string(),
        stream_id: event.stream.id,
        sequence: event.sequence,
        event_id: event.event_id,
        event_type: event.event_type.clone(),
        event_version: event.event_version.clone(),
        recorded_at: event.recorded_at,
        prev_hash: hexadecimal(&event.prev_hash),
        hash: hexadecimal(&event.hash),
        metadata: text(&event.metadata),
        payload: text(&event.payload),
        sealed_hash: hexadecimal(&part("sealed", &event.sealed)),
    }
}
