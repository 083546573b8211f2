//! `POST /v1/visits/{visit_id}/decline-request`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, DeclineRequest};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// A provider does not take a request.
///
/// It stays open for others; who declined, and why, is kept.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/DeclineRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/decline-request")]
pub async fn decline_request(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<DeclineRequest>()?;
    call.visit_command(path.visit_id, Command::DeclineRequest(command)).await
}
