//! `POST /v1/visits/{visit_id}/return-to-waiting`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReturnToWaiting};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Put a patient back among those waiting: from hold, or, by the provider, from admission before the encounter began.
///
/// The place in the queue is that of their check-in. Refused with `encounter-has-begun` once both were on the call or
/// something was written.
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
