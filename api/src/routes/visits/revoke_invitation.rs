//! `POST /v1/visits/{visit_id}/invitations/revoke`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RevokeInvitation};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// An invitation is taken back, used or not.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RevokeInvitation"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/invitations/revoke")]
pub async fn revoke_invitation(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RevokeInvitation>()?;
    call.visit_command(path.visit_id, Command::RevokeInvitation(command)).await
}
