//! `POST /v1/visits/{visit_id}/messages/{message_id}/withdraw`

use actix_web::{post, web::Path};
use daybook_domain::Text;
use daybook_domain::visit::{Command, WithdrawMessage, WithdrawalReason};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, MessagePath};

/// Why a message is taken back.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawMessageRequest {
    /// Why.
    reason: WithdrawalReason,
    /// More about why.
    details: Option<Text<500>>,
}

/// Take a message back: what it says is shown to neither side any more.
///
/// By who sent it, or by staff. It stays on the record, and is shown as withdrawn.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/WithdrawMessageRequest"), content_type = "application/json"),
    params(MessagePath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/messages/{message_id}/withdraw")]
pub async fn withdraw_message(path: Path<MessagePath>, call: Call) -> Answer {
    let WithdrawMessageRequest { reason, details } = call.read()?;
    let command = WithdrawMessage { message_id: path.message_id, reason, details };
    call.visit_command(path.visit_id, Command::WithdrawMessage(command)).await
}
