//! `GET /v1/waiting-room/stream`

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use bytes::Bytes;
use daybook_access::{Action, Disclosed, Receipt, Resource};
use daybook_domain::VisitId;
use daybook_projections::WaitingRoomChanges;
use futures::stream;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, broadcast, mpsc};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::Instrument;

use super::row::{self, RowShown};
use super::show::RoomShown;
use crate::caller::Caller;
use crate::live::{Change, patients, positions};
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::state::State;

/// Messages a client may be behind before the stream waits for it.
pub const AHEAD: usize = 16;
/// Silence is broken after this long, so that a dead connection is noticed and proxies do not close a living one.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// A client that takes nothing for this long is gone.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// A stream ends by then and is resumed with a token that has been checked anew.
pub const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// What became different.
#[derive(Serialize)]
struct ChangesShown<'a> {
    position: u64,
    as_of: chrono::DateTime<chrono::Utc>,
    changed: Vec<RowShown<'a>>,
    removed: &'a [VisitId],
}

/// The waiting room, live.
///
/// Server-sent events: `snapshot` with the whole room, then `changes` with rows that are new or different and visits that
/// left. Each has the position it stands for as its id; a client that comes back with `Last-Event-ID`, to this server or
/// another, gets what changed since. A stream ends after 15 minutes at the latest: come back with a fresh token.
#[utoipa::path(
    tag = "waiting room",
    params(("Last-Event-ID" = Option<u64>, Header, description = "The id of the last event received.")),
    responses((status = 200, description = "The stream.", content_type = "text/event-stream"), Refusals)
)]
#[get("/v1/waiting-room/stream")]
pub async fn watch_waiting_room(request: HttpRequest, caller: Caller) -> Result<HttpResponse, Problem> {
    let after = last_event_id(&request)?;
    let clinic = caller.principal.clinic;
    // The first answer is the status: whoever may not watch gets a problem, not a stream that ends.
    let (caller, receipt) = caller
        .detached(move |caller| async move {
            let resource = Resource::waiting_room(clinic);
            let receipt = caller.state.access.read(&caller.asking(), Action::ReadWaitingRoom, &resource, &[]).await?;
            Ok((caller, receipt))
        })
        .await?;
    let place = place(&caller)?;
    let (sender, receiver) = mpsc::channel::<Bytes>(AHEAD);
    let runtime = caller.state.runtime.clone();
    let client = Client { caller, receipt, sender, _place: place };
    runtime.spawn(async move { client.run(after).await }.in_current_span());
    Ok(answer(receiver))
}

/// A place among the live streams this server serves at once; held as long as the stream lives.
pub fn place(caller: &Caller) -> Result<OwnedSemaphorePermit, Problem> {
    caller
        .state
        .streams
        .clone()
        .try_acquire_owned()
        .map_err(|_| Problem::unavailable("too-many-streams", "this server serves no more live streams just now"))
}

/// What is received, as the body of an event stream.
pub fn answer(receiver: mpsc::Receiver<Bytes>) -> HttpResponse {
    let body = stream::unfold(receiver, async |mut receiver| {
        let bytes = receiver.recv().await?;
        Some((Ok::<_, Problem>(bytes), receiver))
    });
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(body)
}

fn last_event_id(request: &HttpRequest) -> Result<Option<u64>, Problem> {
    let Some(value) = request.headers().get("last-event-id") else { return Ok(None) };
    let id = value.to_str().ok().filter(|text| !text.starts_with('+')).and_then(|text| text.parse().ok());
    id.map(Some).ok_or_else(|| Problem::parameter("Last-Event-ID", "an id this stream gave"))
}

/// One client of the stream.
struct Client {
    caller: Caller,
    receipt: Receipt,
    sender: mpsc::Sender<Bytes>,
    /// Held as long as the stream lives.
    _place: OwnedSemaphorePermit,
}

/// Why a stream ends before its time.
enum End {
    /// The client is gone.
    Gone,
    /// A read failed; the client comes back.
    Failed(Problem),
}

impl From<Problem> for End {
    fn from(problem: Problem) -> Self {
        End::Failed(problem)
    }
}

impl Client {
    async fn run(mut self, after: Option<u64>) {
        let state = self.caller.state.clone();
        state.metrics.streams(1.0);
        if let Err(End::Failed(problem)) = self.follow(&state, after).await {
            tracing::warn!(code = problem.code, "a live stream ended early");
        }
        state.metrics.streams(-1.0);
    }

    async fn follow(&mut self, state: &Arc<State>, after: Option<u64>) -> Result<(), End> {
        let until = Instant::now() + LIFETIME;
        let mut stopping = state.stopping.subscribe();
        // First listen, then look: nothing can fall between.
        let mut changes = state.rooms.subscribe(self.caller.clinic()).await;
        let mut told = match after {
            Some(after) => self.resume(state, after).await?,
            None => self.snapshot(state).await?,
        };
        loop {
            let change = tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
                () = sleep_until(until) => return Ok(()),
                () = self.sender.closed() => return Err(End::Gone),
                change = timeout(HEARTBEAT, changes.recv()) => change,
            };
            match change {
                Err(_) => self.send(Bytes::from_static(b": still here\n\n")).await?,
                Ok(Ok(change)) if change.changes.position > told => told = self.change(state, &change).await?,
                Ok(Ok(_)) => {}
                Ok(Err(broadcast::error::RecvError::Lagged(_))) => told = self.snapshot(state).await?,
                Ok(Err(broadcast::error::RecvError::Closed)) => return Ok(()),
            }
        }
    }

    /// The whole room.
    async fn snapshot(&mut self, state: &State) -> Result<u64, End> {
        let clinic = self.caller.clinic();
        let room = state.views.waiting_room(clinic, None).await.map_err(Problem::from)?;
        self.widen(state, &room.rows).await?;
        let events = state.ledger.read_positions(clinic, &positions(&room.rows)).await.map_err(Problem::from)?;
        let rows = row::open(state, &self.receipt, &room.rows, &events).await?;
        let shown = RoomShown { position: room.position, as_of: room.as_of, rows };
        let message = self.written("snapshot", room.position, shown)?;
        self.send(message).await?;
        Ok(room.position)
    }

    /// What changed since a client was last told; the whole room if that is further than the log goes.
    async fn resume(&mut self, state: &State, after: u64) -> Result<u64, End> {
        let clinic = self.caller.clinic();
        let head = state.ledger.head(clinic).await.map_err(Problem::from)?.map_or(0, |head| head.size);
        if after >= head {
            return self.snapshot(state).await;
        }
        let changes = state.views.waiting_room_changes(clinic, after).await.map_err(Problem::from)?;
        let events = state.ledger.read_positions(clinic, &positions(&changes.changed)).await.map_err(Problem::from)?;
        self.change(state, &Change::new(changes, events)).await
    }

    /// Under this client's own receipt. Everyone who watches sees the same, so the message is made once.
    async fn change(&mut self, state: &State, change: &Change) -> Result<u64, End> {
        self.widen(state, &change.changes.changed).await?;
        let message = change.message.get_or_try_init(|| self.message(state, change)).await?;
        self.send(message.clone()).await?;
        Ok(change.changes.position)
    }

    async fn message(&self, state: &State, change: &Change) -> Result<Bytes, Problem> {
        let WaitingRoomChanges { position, as_of, changed, removed } = &change.changes;
        let changed = row::open(state, &self.receipt, changed, &change.events).await?;
        let shown = ChangesShown { position: *position, as_of: *as_of, changed, removed };
        self.written("changes", *position, shown)
    }

    /// Records whoever is shown for the first time, before they are.
    async fn widen(&mut self, state: &State, rows: &[daybook_projections::WaitingRow]) -> Result<(), Problem> {
        Ok(state.access.read_more(&mut self.receipt, &patients(rows)).await?)
    }

    fn written(&self, event: &str, id: u64, content: impl Serialize) -> Result<Bytes, Problem> {
        let content =
            serde_json::to_string(&Disclosed::new(&self.receipt, content)).map_err(|_| Problem::internal())?;
        Ok(Bytes::from(format!("id: {id}\nevent: {event}\ndata: {content}\n\n")))
    }

    async fn send(&self, bytes: Bytes) -> Result<(), End> {
        match timeout(PATIENCE, self.sender.send(bytes)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }
}
