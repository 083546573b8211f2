//! `POST /v1/visits/{visit_id}/check-in`

use actix_web::{post, web::Path};
use daybook_domain::visit::{CheckIn, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Let the patient into the waiting room.
///
/// The visit must be arrived.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/CheckIn"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/check-in")]
pub async fn check_in(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<CheckIn>()?;
    call.visit_command(path.visit_id, Command::CheckIn(command)).await
}
