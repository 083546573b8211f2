//! `POST /v1/visits/{visit_id}/messages/{message_id}/read`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReadMessage};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, MessagePath};

/// Nothing more is to be said.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadMessageRequest {}

/// Say that a message of the other side was read.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ReadMessageRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/messages/{message_id}/read")]
pub async fn read_message(path: Path<MessagePath>, call: Call) -> Answer {
    let ReadMessageRequest {} = call.read()?;
    call.visit_command(path.visit_id, Command::ReadMessage(ReadMessage { message_id: path.message_id })).await
}
