//! `POST /v1/visits/{visit_id}/diagnoses`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordDiagnosis};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Record what the patient has.
///
/// It gets the next number of the visit's list, which the answer names; orders and charges point at that number. The code is
/// checked by its shape only.
#[utoipa::path(
    tag = "diagnoses and orders",
    request_body(content = ref("#/components/schemas/RecordDiagnosis"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/diagnoses")]
pub async fn record_diagnosis(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordDiagnosis>()?;
    call.visit_command_with_parts(path.visit_id, Command::RecordDiagnosis(command)).await
}
