//! `POST /v1/visits/{visit_id}/identity/confirm`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ConfirmIdentity};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The provider, seeing the patient, confirms who it is.
///
/// After admission, by two identifiers. A doubt may be cleared.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ConfirmIdentity"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/identity/confirm")]
pub async fn confirm_identity(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ConfirmIdentity>()?;
    call.visit_command(path.visit_id, Command::ConfirmIdentity(command)).await
}
