//! `POST /v1/visits/{visit_id}/provider-ready`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReportProviderReady};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The provider is ready to see the patient.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ReportProviderReady"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/provider-ready")]
pub async fn report_provider_ready(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ReportProviderReady>()?;
    call.visit_command(path.visit_id, Command::ReportProviderReady(command)).await
}
