//! `POST /v1/visits/{visit_id}/expire-request`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ExpireRequest};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Close a request that nobody took in the time the patient gave.
///
/// Only once that time is over; before, it is called off.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ExpireRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/expire-request")]
pub async fn expire_request(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ExpireRequest>()?;
    call.visit_command(path.visit_id, Command::ExpireRequest(command)).await
}
