//! `POST /v1/visits/{visit_id}/leave`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, LeaveWaitingRoom};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient went away before being seen.
///
/// They may come back: `arrive` again.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/LeaveWaitingRoom"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/leave")]
pub async fn leave_waiting_room(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<LeaveWaitingRoom>()?;
    call.visit_command(path.visit_id, Command::LeaveWaitingRoom(command)).await
}
