//! `GET /v1/clinics/{clinic_id}/log/checkpoint` and `…/key`

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};

use super::LogPath;
use crate::problem::Problem;
use crate::state::State;

/// The newest signed checkpoint of a clinic's log (C2SP tlog-checkpoint). Public.
#[utoipa::path(
    tag = "log",
    security(()),
    responses((status = 200, description = "A signed note.", content_type = "text/plain", body = String))
)]
#[get("/v1/clinics/{clinic_id}/log/checkpoint")]
pub async fn show_checkpoint(path: web::Path<LogPath>, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let clinic = path.clinic_id.0;
    let (head, key) = futures::try_join!(state.ledger.head(clinic), state.ledger.verifier(clinic))?;
    let (Some(head), Some(key)) = (head, key) else { return Err(Problem::not_found()) };
    Ok(text("no-cache", head.note(&key)))
}

/// The public key of a clinic's log (C2SP signed-note verifier key). Public; to be trusted, have it from elsewhere too.
#[utoipa::path(
    tag = "log",
    security(()),
    responses((status = 200, description = "A verifier key.", content_type = "text/plain", body = String))
)]
#[get("/v1/clinics/{clinic_id}/log/key")]
pub async fn show_key(path: web::Path<LogPath>, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let key = state.ledger.verifier(path.clinic_id.0).await?.ok_or_else(Problem::not_found)?;
    Ok(text("no-cache", format!("{key}\n")))
}

fn text(cache: &'static str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, cache))
        .body(body)
}
