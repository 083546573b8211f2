//! `POST /v1/visits/{visit_id}/notes/{note_id}/cosign`

use actix_web::{post, web::Path};
use daybook_domain::Sha256Hex;
use daybook_domain::visit::{Attestation, Command, CosignNote};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, NotePath};

/// What the cosigner was shown, and attests to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CosignNoteRequest {
    /// What the author's signature commits to, as the cosigner was shown it.
    signed_sha256: Sha256Hex,
    /// What the cosigner attests to.
    attestation: Attestation,
    /// The clinic's log position that was rendered to the cosigner.
    rendered_at_position: u64,
}

/// Cosign a note, as the one who was asked to.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/CosignNoteRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes/{note_id}/cosign")]
pub async fn cosign_note(path: Path<NotePath>, call: Call) -> Answer {
    let CosignNoteRequest { signed_sha256, attestation, rendered_at_position } = call.read()?;
    call.detached(move |call| async move {
        let note_id = path.note_id;
        let command = &CosignNote { note_id, signed_sha256, attestation, rendered_at_position };
        call.on_visit_with_parts(path.visit_id, "cosign-note", |visit| async move {
            let facts = visit.signature_facts(note_id).await?;
            Ok(visit.intent(Command::CosignNote(command.clone(), facts)))
        })
        .await
    })
    .await
}
