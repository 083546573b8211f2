//! `POST /v1/visits/{visit_id}/provider-delay`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReportProviderDelay};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The provider will be late.
///
/// The patient is told the new time.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ReportProviderDelay"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/provider-delay")]
pub async fn report_provider_delay(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ReportProviderDelay>()?;
    call.visit_command(path.visit_id, Command::ReportProviderDelay(command)).await
}
