//! `POST /v1/visits/{visit_id}/callback-number`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, GiveCallbackNumber};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The number at which the patient is reached during this visit.
///
/// The newest counts.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/GiveCallbackNumber"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/callback-number")]
pub async fn give_callback_number(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<GiveCallbackNumber>()?;
    call.visit_command(path.visit_id, Command::GiveCallbackNumber(command)).await
}
