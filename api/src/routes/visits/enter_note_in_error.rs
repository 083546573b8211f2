//! `POST /v1/visits/{visit_id}/notes/{note_id}/entered-in-error`

use actix_web::{post, web::Path};
use daybook_domain::Text;
use daybook_domain::visit::{Command, EnterNoteInError};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, NotePath};

/// Why the note should not be there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterNoteInErrorRequest {
    /// Why.
    reason: Text<500>,
}

/// Say that a note, or a draft, was entered in error.
///
/// It stays in the record and is shown as what it is. A visit that had a signed note needs another one before it is billed.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/EnterNoteInErrorRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes/{note_id}/entered-in-error")]
pub async fn enter_note_in_error(path: Path<NotePath>, call: Call) -> Answer {
    let EnterNoteInErrorRequest { reason } = call.read()?;
    let command = EnterNoteInError { note_id: path.note_id, reason };
    call.visit_command_with_parts(path.visit_id, Command::EnterNoteInError(command)).await
}
