//! `POST /v1/visits/{visit_id}/interpreter/joined`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordInterpreterJoined};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// An interpreter is there and interprets from now on.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordInterpreterJoined"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/interpreter/joined")]
pub async fn record_interpreter_joined(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordInterpreterJoined>()?;
    call.visit_command(path.visit_id, Command::RecordInterpreterJoined(command)).await
}
