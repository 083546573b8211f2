//! `POST /v1/visits/{visit_id}/notes/{note_id}/cosign-requests`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, CosignerFacts, RequestCosign};
use daybook_domain::{Provider, ProviderId};
use daybook_ledger::Loaded;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, NotePath};

/// Who is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestCosignRequest {
    /// A provider of the clinic who neither wrote nor signed the note.
    cosigner_id: ProviderId,
}

/// Ask another provider to cosign a signed note.
///
/// Whoever is asked may read the visit and the note. Until it is cosigned the visit is not billed; somebody else can be
/// asked instead.
#[utoipa::path(
    tag = "notes",
    request_body(content = ref("#/components/schemas/RequestCosignRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/notes/{note_id}/cosign-requests")]
pub async fn request_cosign(path: Path<NotePath>, call: Call) -> Answer {
    let RequestCosignRequest { cosigner_id } = call.read()?;
    call.detached(move |call| async move {
        let (call, command) = (&call, &RequestCosign { note_id: path.note_id, cosigner_id });
        call.on_visit_with_parts(path.visit_id, "request-cosign", |visit| async move {
            // Who is registered stays registered, so this fact needs no guard.
            let cosigner: Loaded<Provider> = call.load(cosigner_id.0).await?;
            let facts = CosignerFacts::of(&cosigner);
            Ok(visit.intent(Command::RequestCosign(command.clone(), facts)))
        })
        .await
    })
    .await
}
