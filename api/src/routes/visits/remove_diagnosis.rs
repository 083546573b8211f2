//! `POST /v1/visits/{visit_id}/diagnoses/{diagnosis_number}/remove`

use actix_web::{post, web::Path};
use daybook_domain::Text;
use daybook_domain::visit::{Command, DiagnosisRemovalReason, RemoveDiagnosis};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, DiagnosisPath};

/// Why it is removed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveDiagnosisRequest {
    /// Why.
    reason: DiagnosisRemovalReason,
    /// More about why.
    details: Option<Text<500>>,
}

/// Take a diagnosis off the visit's list.
///
/// Its number stays taken. Refused while an order or a charge that counts is for it.
#[utoipa::path(
    tag = "diagnoses and orders",
    request_body(content = ref("#/components/schemas/RemoveDiagnosisRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/diagnoses/{diagnosis_number}/remove")]
pub async fn remove_diagnosis(path: Path<DiagnosisPath>, call: Call) -> Answer {
    let diagnosis_number = path.number()?;
    let RemoveDiagnosisRequest { reason, details } = call.read()?;
    let command = RemoveDiagnosis { diagnosis_number, reason, details };
    call.visit_command(path.visit_id, Command::RemoveDiagnosis(command)).await
}
