//! `GET /health` and `GET /ready`

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use chrono::TimeDelta;
use serde::Serialize;
use tokio::time::timeout;

use crate::problem::Problem;
use crate::state::State;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long looking at the backups may take: it tells nothing about whether this server can serve.
const BACKUPS: Duration = Duration::from_millis(500);
/// How far the clock may be behind what other servers stamped.
const CLOCK: TimeDelta = TimeDelta::seconds(2);
/// Events a read model may be behind before this server sends its callers elsewhere.
const LAG: u64 = 10_000;

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    database: &'static str,
    clock: &'static str,
    projections: &'static str,
    /// Never a reason to serve nobody.
    backups: &'static str,
}

/// Whether the process runs. Asks nobody.
#[utoipa::path(tag = "operations", security(()), responses((status = 200, description = "It runs.")))]
#[get("/health")]
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// Whether this server can serve: the database answers, the clock agrees with the log, the read models keep up.
#[utoipa::path(
    tag = "operations",
    security(()),
    responses((status = 200, description = "It can."), (status = 503, description = "It cannot; the body says why."))
)]
#[get("/ready")]
pub async fn ready(state: web::Data<State>) -> HttpResponse {
    let state = state.into_inner();
    let runtime = state.runtime.clone();
    let looked = runtime.spawn(async move { timeout(PATIENCE, look(&state)).await });
    let readiness = match looked.await {
        Ok(Ok(Ok(readiness))) => readiness,
        _ => Readiness {
            ready: false,
            database: "does not answer",
            clock: "unknown",
            projections: "unknown",
            backups: "unknown",
        },
    };
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(status).json(readiness)
}

async fn look(state: &State) -> Result<Readiness, Problem> {
    let stopping = *state.stopping.borrow();
    let mut is_clock_right = true;
    for clinic in state.ledger.clinics().await? {
        let Some(head) = state.ledger.head(clinic).await? else { continue };
        let newest = state.ledger.read_positions(clinic, &[head.size.saturating_sub(1)]).await?;
        // A log's times never run backwards: one ahead of this clock was stamped by a clock ahead of this one.
        is_clock_right &= newest.iter().all(|event| event.recorded_at - state.ledger.clock().now() <= CLOCK);
    }
    let lags = state.views.status().await?;
    let stopped = lags.iter().any(|lag| lag.stopped.is_some());
    let behind = lags.iter().any(|lag| lag.behind() > LAG);
    let backups = match timeout(BACKUPS, state.safekeeping.look(&state.ledger)).await {
        Ok(Ok(seen)) if seen.any() => {
            "an alarm; see daybook_backup_alarms in /metrics, or daybook-replay backup status"
        }
        Ok(Ok(_)) => "as was promised",
        _ => "unknown",
    };
    Ok(Readiness {
        ready: is_clock_right && !behind && !stopping,
        database: "answers",
        clock: if is_clock_right { "agrees with the log" } else { "more than 2 s behind the log" },
        projections: match (stopped, behind) {
            // One clinic's view that stopped is a loud fault of that view, and no reason to serve nobody.
            (true, _) => "one has stopped; see the log",
            (false, true) => "too far behind",
            (false, false) => "keep up",
        },
        backups,
    })
}
