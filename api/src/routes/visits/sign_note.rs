//! `POST /v1/visits/{visit_id}/notes/{note_id}/sign`

use actix_web::{post, web::Path};
use daybook_domain::Sha256Hex;
use daybook_domain::visit::{Command, SignNote};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, NotePath};

/// What the signer was shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignNoteRequest {
    /// The hash of the draft the signer was shown.
    content_sha256: Sha256Hex,
    /// The clinic's log position that was rendered to the signer.
    rendered_at_position: u64,
}

/// Sign the latest draft of a note.
///
/// From here on it never changes. Refused with `note-changed` unless the hash is that of the latest draft.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/SignNoteRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes/{note_id}/sign")]
pub async fn sign_note(path: Path<NotePath>, call: Call) -> Answer {
    let SignNoteRequest { content_sha256, rendered_at_position } = call.read()?;
    let command = SignNote { note_id: path.note_id, content_sha256, rendered_at_position };
    call.visit_command_with_parts(path.visit_id, Command::SignNote(command)).await
}
