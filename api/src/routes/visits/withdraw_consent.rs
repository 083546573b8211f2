//! `POST /v1/visits/{visit_id}/consents/withdraw`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, WithdrawConsent};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient takes a consent back.
///
/// Possible at any time.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/WithdrawConsent"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/consents/withdraw")]
pub async fn withdraw_consent(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<WithdrawConsent>()?;
    call.visit_command(path.visit_id, Command::WithdrawConsent(command)).await
}
