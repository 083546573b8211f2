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
/// From here on it never changes. Refused with `note-changed` unless the hash is that of the latest draft, with
/// `rendered-position-wrong` unless all that is signed can have been in what was shown, and with `section-missing` while a
/// section is empty that the template requires. The consents as they stand are entered by the system and are part of what
/// is signed: the answer's `signed_sha256`.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/SignNoteRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes/{note_id}/sign")]
pub async fn sign_note(path: Path<NotePath>, call: Call) -> Answer {
    let SignNoteRequest { content_sha256, rendered_at_position } = call.read()?;
    call.detached(move |call| async move {
        let note_id = path.note_id;
        let command = &SignNote { note_id, content_sha256, rendered_at_position };
        let written = call.on_visit_with_parts(path.visit_id, "sign-note", |visit| async move {
            let facts = visit.signature_facts(note_id).await?;
            Ok(visit.intent(Command::SignNote(command.clone(), facts)))
        });
        let written = written.await?;
        call.forget_draft(path.visit_id, note_id).await;
        Ok(written)
    })
    .await
}
