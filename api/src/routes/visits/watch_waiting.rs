//! `GET /v1/visits/{visit_id}/waiting/stream`

use actix_web::{HttpResponse, get, web::Path};
use bytes::Bytes;
use daybook_access::{Action, Disclosed, Receipt};
use daybook_domain::{Visit, VisitId};
use daybook_ledger::Loaded;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, broadcast, mpsc};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::Instrument;

use super::show_waiting::wait;
use crate::caller::Caller;
use crate::live::Change;
use crate::problem::Problem;
use crate::routes::waiting_room::stream::{AHEAD, HEARTBEAT, LIFETIME, PATIENCE, answer, place};
use crate::routes::{Refusals, VisitPath};

/// The patient's own wait, live.
///
/// Server-sent events: each `wait` is the whole of what `GET …/waiting` answers, sent at once and whenever something in it
/// changed but the passing of time. A stream ends after 15 minutes at the latest: come back with a fresh token.
#[utoipa::path(
    tag = "waiting room",
    responses((status = 200, description = "The stream.", content_type = "text/event-stream"), Refusals)
)]
#[get("/v1/visits/{visit_id}/waiting/stream")]
pub async fn watch_waiting(path: Path<VisitPath>, caller: Caller) -> Result<HttpResponse, Problem> {
    let id = path.visit_id;
    // The first answer is the status: whoever may not watch gets a problem, not a stream that ends.
    let (caller, receipt) = caller
        .detached(move |caller| async move {
            let visit: Loaded<Visit> = caller.load(id.0).await?;
            let receipt = caller.read_visit(Action::ReadWaiting, id, &visit).await?;
            if !visit.exists() {
                return Err(Problem::not_found());
            }
            Ok((caller, receipt))
        })
        .await?;
    let place = place(&caller)?;
    let (sender, receiver) = mpsc::channel::<Bytes>(AHEAD);
    let runtime = caller.state.runtime.clone();
    let patient = Patient { caller, receipt, id, sender, told: Value::Null, _place: place };
    runtime.spawn(async move { patient.run().await }.in_current_span());
    Ok(answer(receiver))
}

/// A patient who watches.
struct Patient {
    caller: Caller,
    /// About one patient, so that nothing has to be added to it.
    receipt: Receipt,
    id: VisitId,
    sender: mpsc::Sender<Bytes>,
    /// What was last sent, without what only the passing of time changes.
    told: Value,
    _place: OwnedSemaphorePermit,
}

impl Patient {
    async fn run(mut self) {
        let metrics_of = self.caller.state.clone();
        metrics_of.metrics.streams(1.0);
        if let Err(problem) = self.follow().await {
            tracing::warn!(code = problem.code, "a live stream ended early");
        }
        metrics_of.metrics.streams(-1.0);
    }

    /// Until the patient is gone, the server stops or it is time for a fresh token.
    async fn follow(&mut self) -> Result<(), Problem> {
        let state = self.caller.state.clone();
        let until = Instant::now() + LIFETIME;
        let mut stopping = state.stopping.subscribe();
        // First listen, then look: nothing can fall between.
        let mut changes = state.rooms.subscribe(self.caller.clinic()).await;
        let mut look = true;
        loop {
            if look && !self.send().await? {
                return Ok(());
            }
            let change = tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return Ok(()),
                () = sleep_until(until) => return Ok(()),
                () = self.sender.closed() => return Ok(()),
                change = timeout(HEARTBEAT, changes.recv()) => change,
            };
            look = match change {
                Ok(Ok(change)) => self.is_about(&change),
                Ok(Err(broadcast::error::RecvError::Lagged(_))) => true,
                Ok(Err(broadcast::error::RecvError::Closed)) => return Ok(()),
                Err(_) if self.put(Bytes::from_static(b": still here\n\n")).await => false,
                Err(_) => return Ok(()),
            };
        }
    }

    fn is_about(&self, change: &Change) -> bool {
        let changes = &change.changes;
        changes.changed.iter().any(|row| row.visit_id == self.id) || changes.removed.contains(&self.id)
    }

    /// Sends the wait if something in it is new; says whether somebody is there to take it.
    async fn send(&mut self) -> Result<bool, Problem> {
        let (position, wait) = wait(&self.caller, &self.receipt, self.id).await?;
        let content = serde_json::to_value(Disclosed::new(&self.receipt, wait)).map_err(|_| Problem::internal())?;
        let mut lasting = content.clone();
        for passing in ["as_of", "waited_seconds", "position"] {
            lasting[passing] = Value::Null;
        }
        if lasting == self.told {
            return Ok(true);
        }
        self.told = lasting;
        Ok(self.put(Bytes::from(format!("id: {position}\nevent: wait\ndata: {content}\n\n"))).await)
    }

    /// Whether it was taken.
    async fn put(&self, bytes: Bytes) -> bool {
        matches!(timeout(PATIENCE, self.sender.send(bytes)).await, Ok(Ok(())))
    }
}
