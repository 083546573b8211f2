//! `POST /v1/visits/{visit_id}/interpreter/assign`

use actix_web::{post, web::Path};
use daybook_domain::ParticipantId;
use daybook_domain::visit::{AssignInterpreter, Command, NewParticipant};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// An interpreter was found.
///
/// For the language that is asked for. The answer names the interpreter as a participant of this visit.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/AssignInterpreter"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/interpreter/assign")]
pub async fn assign_interpreter(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<AssignInterpreter>()?;
    let new = NewParticipant { participant_id: ParticipantId(call.state.ledger.ids().public()) };
    call.visit_command_with_parts(path.visit_id, Command::AssignInterpreter(command, new)).await
}
