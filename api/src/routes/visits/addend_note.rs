//! `POST /v1/visits/{visit_id}/notes/{note_id}/addenda`

use actix_web::{post, web::Path};
use daybook_domain::visit::{AddendNote, Command, NewAddendum};
use daybook_domain::{AddendumId, Text};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::{Call, NOTE};
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, NotePath};

/// An addendum.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddendNoteRequest {
    /// What is added.
    body: Text<20000>,
}

/// Add to a signed note.
///
/// The note itself never changes.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/AddendNoteRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes/{note_id}/addenda")]
pub async fn addend_note(path: Path<NotePath>, call: Call<NOTE>) -> Answer {
    let AddendNoteRequest { body } = call.read()?;
    let ids = call.state.ledger.ids();
    let new = NewAddendum { addendum_id: AddendumId(ids.public()), salt: ids.secret() };
    let command = AddendNote { note_id: path.note_id, body };
    call.visit_command_with_parts(path.visit_id, Command::AddendNote(command, new)).await
}
