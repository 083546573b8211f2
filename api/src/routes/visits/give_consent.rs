//! `POST /v1/visits/{visit_id}/consents/give`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, GiveConsent};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient consents.
///
/// Recorded with the version of the text they were shown.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/GiveConsent"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/consents/give")]
pub async fn give_consent(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<GiveConsent>()?;
    call.visit_command(path.visit_id, Command::GiveConsent(command)).await
}
