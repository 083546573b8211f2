//! `POST /v1/visits/{visit_id}/notes/{note_id}/corrections`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, CorrectNote, CorrectionFacts, NoteBody};
use daybook_domain::{Code, Sha256Hex, Text};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::{Call, NOTE};
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, NotePath};

/// What the note says instead.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectNoteRequest {
    /// The hash of what is corrected, as it was shown.
    signed_sha256: Sha256Hex,
    /// The clinic's log position that was shown.
    rendered_at_position: u64,
    /// Why.
    reason: Text<500>,
    /// Version of the template the right content follows.
    template_version: Code,
    /// What the note says instead, whole: every section its template requires.
    #[serde(deserialize_with = "daybook_domain::visit::strict_body")]
    body: NoteBody,
}

/// Put other content in the place of what a signed note says.
///
/// The correction is signed by whoever makes it. What the note said before stays in the record and is shown beside it. A
/// note that was cosigned has to be cosigned anew.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/CorrectNoteRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes/{note_id}/corrections")]
pub async fn correct_note(path: Path<NotePath>, call: Call<NOTE>) -> Answer {
    let CorrectNoteRequest { signed_sha256, rendered_at_position, reason, template_version, body } = call.read()?;
    call.detached(move |call| async move {
        let (note_id, salt) = (path.note_id, call.state.ledger.ids().secret());
        let command = &CorrectNote { note_id, signed_sha256, rendered_at_position, reason, template_version, body };
        call.on_visit_with_parts(path.visit_id, "correct-note", |visit| async move {
            let facts = CorrectionFacts { salt, signature: visit.signature_facts(note_id).await? };
            Ok(visit.intent(Command::CorrectNote(command.clone(), facts)))
        })
        .await
    })
    .await
}
