//! `POST /v1/visits/{visit_id}/provider-not-ready`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReportProviderNotReady};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The provider is not ready after all.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ReportProviderNotReady"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/provider-not-ready")]
pub async fn report_provider_not_ready(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ReportProviderNotReady>()?;
    call.visit_command(path.visit_id, Command::ReportProviderNotReady(command)).await
}
