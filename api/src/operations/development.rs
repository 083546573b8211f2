//! `GET /development/jwks` and `POST /development/token`: there only where the configuration allows the development issuer.

use std::time::Duration;

use actix_web::{HttpResponse, get, post, web};
use bytes::Bytes;
use daybook_access::Principal;
use daybook_domain::{ClinicId, Role};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::body;
use crate::problem::Problem;
use crate::state::State;

/// How long a token is good for unless asked otherwise.
const AN_HOUR: u64 = 3_600;

/// Who to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// Subject, such as `front-desk-1`.
    subject: String,
    /// Role.
    role: Role,
    /// At which clinic.
    clinic: ClinicId,
    /// The patient's or provider's id, for these roles.
    person: Option<Uuid>,
    /// Names the session; one per subject if absent.
    session: Option<Uuid>,
    /// How long the token is good for; an hour if absent.
    valid_for_seconds: Option<u64>,
}

/// The development issuer's public keys.
#[get("/development/jwks")]
pub async fn jwks(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let issuer = state.issuer.as_ref().ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(issuer.jwks()))
}

/// A token for whoever one wants to be. Development only.
#[utoipa::path(
    tag = "operations",
    security(()),
    request_body(content = ref("#/components/schemas/TokenRequest"), content_type = "application/json"),
    responses((status = 200, description = "`token`, and `expires_in` seconds."))
)]
#[post("/development/token")]
pub async fn issue_token(state: web::Data<State>, bytes: Bytes) -> Result<HttpResponse, Problem> {
    let issuer = state.issuer.as_ref().ok_or_else(Problem::not_found)?;
    let request: TokenRequest = body::read(&bytes)?;
    let principal = Principal {
        subject: request.subject,
        role: request.role,
        clinic: request.clinic,
        person: request.person,
        session: request.session.unwrap_or_default(),
    };
    let valid_for = request.valid_for_seconds.unwrap_or(AN_HOUR);
    let token = issuer.issue(&principal, Duration::from_secs(valid_for)).map_err(|_| Problem::internal())?;
    Ok(HttpResponse::Ok().json(json!({ "token": token, "token_type": "Bearer", "expires_in": valid_for })))
}
