//! `GET /v1/clinics/{clinic_id}/log/checkpoint`, `…/cosigned-checkpoint` and `…/key`

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use daybook_ledger::cosignatures::Cosigned;
use daybook_ledger::note::NoteVerifier;

use super::LogPath;
use crate::problem::Problem;
use crate::state::State;

/// The newest signed checkpoint of a clinic's log (C2SP tlog-checkpoint), with the signatures of the witnesses that have seen
/// it, if any have yet. Public.
#[utoipa::path(
    tag = "log",
    security(()),
    responses((status = 200, description = "A signed note.", content_type = "text/plain", body = String))
)]
#[get("/v1/clinics/{clinic_id}/log/checkpoint")]
pub async fn show_checkpoint(path: web::Path<LogPath>, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let clinic = path.clinic_id.0;
    let (head, key) = futures::try_join!(state.ledger.newest(clinic), state.ledger.verifier(clinic))?;
    note(head, key)
}

/// The newest checkpoint of a clinic's log that a witness has seen, with their signatures (C2SP tlog-cosignature). Public.
#[utoipa::path(
    tag = "log",
    security(()),
    responses(
        (status = 200, description = "A signed note.", content_type = "text/plain", body = String),
        (status = 404, description = "No witness has seen this log, or there is none."),
    )
)]
#[get("/v1/clinics/{clinic_id}/log/cosigned-checkpoint")]
pub async fn show_cosigned_checkpoint(
    path: web::Path<LogPath>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let clinic = path.clinic_id.0;
    let (head, key) = futures::try_join!(state.ledger.newest_cosigned(clinic), state.ledger.verifier(clinic))?;
    note(head, key)
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

fn note(head: Option<Cosigned>, key: Option<NoteVerifier>) -> Result<HttpResponse, Problem> {
    let (Some(head), Some(key)) = (head, key) else { return Err(Problem::not_found()) };
    Ok(text("no-cache", head.note(&key)))
}

fn text(cache: &'static str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, cache))
        .body(body)
}
