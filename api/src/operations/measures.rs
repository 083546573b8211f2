//! `GET /metrics`

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};

use crate::state::State;

/// Measures in Prometheus' text format.
#[utoipa::path(tag = "operations", security(()), responses((status = 200, description = "The measures.", content_type = "text/plain", body = String)))]
#[get("/metrics")]
pub async fn metrics(state: web::Data<State>) -> HttpResponse {
    let state = state.into_inner();
    let asking = state.clone();
    let status = state.runtime.spawn(async move { asking.views.status().await }).await;
    if let Ok(Ok(lags)) = status {
        // The furthest behind of all clinics: a label for each would tell how many there are and grow without end.
        let mut worst: BTreeMap<&str, u64> = BTreeMap::new();
        for lag in &lags {
            let behind = worst.entry(lag.projection).or_default();
            *behind = lag.behind().max(*behind);
        }
        for (projection, behind) in worst {
            state.metrics.projection_lag(projection, behind);
        }
    }
    let asking = state.clone();
    // A read model or a log that does not answer is no reason to keep back the other measures.
    let _ = state.runtime.spawn(async move { unwitnessed(&asking).await }).await;
    let asking = state.clone();
    let seen = state.runtime.spawn(async move { asking.safekeeping.look(&asking.ledger).await }).await;
    if let Ok(Ok(seen)) = seen {
        state.metrics.backups(&seen, state.ledger.clock().now());
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(state.metrics.render())
}

/// The longest of all logs: by nobody, and by each witness.
async fn unwitnessed(state: &State) -> Result<(), sqlx::Error> {
    let everybody = std::iter::once((None, Vec::new()));
    let each = state.witnesses.iter().map(|witness| (Some(witness.name.as_str()), vec![witness.key.clone()]));
    for (name, by) in everybody.chain(each) {
        let waiting = state.ledger.unwitnessed(&by).await?;
        let since = waiting.iter().map(|waiting| waiting.since).min();
        let longest = since.and_then(|since| (state.ledger.clock().now() - since).to_std().ok()).unwrap_or_default();
        state.metrics.unwitnessed(name, longest);
    }
    Ok(())
}
