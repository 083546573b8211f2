//! `POST /v1/visits/{visit_id}/notes`

use actix_web::{post, web::Path};
use daybook_domain::NoteId;
use daybook_domain::visit::{Command, DraftNote, NewNote};

use crate::caller::{Call, NOTE};
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Write a note, or write a draft anew.
///
/// Each draft replaces the one before. The answer names the note and the hash a signature has to name.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/DraftNote"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes")]
pub async fn draft_note(path: Path<VisitPath>, call: Call<NOTE>) -> Answer {
    let command = call.read::<DraftNote>()?;
    let ids = call.state.ledger.ids();
    let new = NewNote { note_id: NoteId(ids.public()), salt: ids.secret() };
    call.visit_command_with_parts(path.visit_id, Command::DraftNote(command, new)).await
}
