//! `POST /v1/visits/{visit_id}/notes`

use actix_web::{post, web::Path};
use daybook_domain::NoteId;
use daybook_domain::visit::{Command, DraftNote, NewNote};
use daybook_ledger::cqrs;

use crate::caller::{Call, NOTE};
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Write a note, or write a draft anew.
///
/// Each draft replaces the one before, and stands in the record: what is only kept while it is being written goes to
/// `PUT …/notes/{note_id}/draft`. The answer names the note and the hash a signature has to name. Refused with `draft-newer`
/// where somebody saved something newer than what it is based on.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/DraftNote"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes")]
pub async fn draft_note(path: Path<VisitPath>, call: Call<NOTE>) -> Answer {
    let command = call.read::<DraftNote>()?;
    call.detached(move |call| async move {
        let ids = call.state.ledger.ids();
        let new = NewNote { note_id: NoteId(ids.public()), salt: ids.secret() };
        let (call, command, new) = (&call, &command, &new);
        call.on_visit_with_parts(path.visit_id, "draft-note", |visit| async move {
            // First beside the log, where whoever else writes the draft is met: from then on it is kept. What the rules have
            // against it they say again below. A repetition keeps nothing: it would be newer than what is in the log.
            if let Some(note_id) = command.note_id
                && cqrs::repeated(&call.state.ledger, call.execution()).await?.is_none()
            {
                visit.keep_draft(note_id, command).await?;
            }
            Ok(visit.intent(Command::DraftNote(command.clone(), new.clone())))
        })
        .await
    })
    .await
}
