//! `POST /v1/visits/{visit_id}/messages`

use actix_web::{post, web::Path};
use daybook_domain::MessageId;
use daybook_domain::visit::{Command, NewMessage, SendMessage};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Write to the other side.
///
/// Staff to the patient, or the patient to staff, from arrival until 72 hours after the end. Either a text or the name of a
/// message.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/SendMessage"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/messages")]
pub async fn send_message(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<SendMessage>()?;
    let new = NewMessage { message_id: MessageId(call.state.ledger.ids().public()) };
    call.visit_command_with_parts(path.visit_id, Command::SendMessage(command, new)).await
}
