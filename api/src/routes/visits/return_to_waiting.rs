//! `POST /v1/visits/{visit_id}/return-to-waiting`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReturnToWaiting};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Put a patient on hold back among those waiting.
///
/// The place in the queue is that of their check-in.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ReturnToWaiting"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/return-to-waiting")]
pub async fn return_to_waiting(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ReturnToWaiting>()?;
    call.visit_command(path.visit_id, Command::ReturnToWaiting(command)).await
}
