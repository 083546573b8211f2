//! `POST /v1/visits/{visit_id}/technical-failures`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReportTechnicalFailure};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Technology failed.
///
/// Recorded wherever the visit stands, and moves nothing.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ReportTechnicalFailure"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/technical-failures")]
pub async fn report_technical_failure(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ReportTechnicalFailure>()?;
    call.visit_command(path.visit_id, Command::ReportTechnicalFailure(command)).await
}
