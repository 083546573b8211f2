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
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(state.metrics.render())
}
