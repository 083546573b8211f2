//! `POST /v1/visits/{visit_id}/results/{result_id}/review`

use actix_web::{post, web::Path};
use daybook_domain::Text;
use daybook_domain::visit::{Command, ResultAction, ReviewResult};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, ResultPath};

/// What follows from it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewResultRequest {
    /// What follows.
    action: ResultAction,
    /// More about it.
    details: Option<Text<2000>>,
}

/// A provider of the visit has read a result.
#[utoipa::path(
    tag = "diagnoses and orders",
    request_body(content = ref("#/components/schemas/ReviewResultRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/results/{result_id}/review")]
pub async fn review_result(path: Path<ResultPath>, call: Call) -> Answer {
    let ReviewResultRequest { action, details } = call.read()?;
    let command = ReviewResult { result_id: path.result_id, action, details };
    call.visit_command(path.visit_id, Command::ReviewResult(command)).await
}
