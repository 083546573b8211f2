//! `POST /v1/visits/{visit_id}/identity`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, VerifyIdentity};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Staff made sure who the patient is.
///
/// By two different identifiers at least.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/VerifyIdentity"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/identity")]
pub async fn verify_identity(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<VerifyIdentity>()?;
    call.visit_command(path.visit_id, Command::VerifyIdentity(command)).await
}
