//! `POST /v1/visits/{visit_id}/consents/decline`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, DeclineConsent};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient was asked and does not consent.
///
/// Recorded with the version of the text they were shown.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/DeclineConsent"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/consents/decline")]
pub async fn decline_consent(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<DeclineConsent>()?;
    call.visit_command(path.visit_id, Command::DeclineConsent(command)).await
}
