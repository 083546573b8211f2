//! `POST /v1/visits/{visit_id}/cancel`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Cancel, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Call the visit off.
///
/// Before the patient is admitted.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Cancel"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/cancel")]
pub async fn cancel(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Cancel>()?;
    call.visit_command(path.visit_id, Command::Cancel(command)).await
}
