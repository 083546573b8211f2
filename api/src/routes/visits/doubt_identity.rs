//! `POST /v1/visits/{visit_id}/identity/doubt`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, DoubtIdentity};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The provider, seeing the patient, finds that something does not match.
///
/// A fact that moves nothing: what follows from it is the provider's to decide.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/DoubtIdentity"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/identity/doubt")]
pub async fn doubt_identity(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<DoubtIdentity>()?;
    call.visit_command(path.visit_id, Command::DoubtIdentity(command)).await
}
