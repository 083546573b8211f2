//! `POST /v1/visits/{visit_id}/orders/{order_id}/results`

use actix_web::{post, web::Path};
use daybook_domain::ResultId;
use daybook_domain::visit::{Command, LabResult, NewResult, ReceiveResult, ResultSource};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, OrderPath};

/// What came.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiveResultRequest {
    /// What it stands on.
    source: ResultSource,
    /// What it says.
    result: LabResult,
}

/// A result of a lab order is taken down by hand.
///
/// Of a signed order, also once the visit is closed. It says `entered`: `by-hand`, because no laboratory is connected, and
/// it stands in the provider's day until it is reviewed. Whether the order was sent does not change by it.
#[utoipa::path(
    tag = "diagnoses and orders",
    request_body(content = ref("#/components/schemas/ReceiveResultRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/orders/{order_id}/results")]
pub async fn receive_result(path: Path<OrderPath>, call: Call) -> Answer {
    let ReceiveResultRequest { source, result } = call.read()?;
    let new = NewResult { result_id: ResultId(call.state.ledger.ids().public()) };
    let command = ReceiveResult { order_id: path.order_id, source, result };
    call.visit_command_with_parts(path.visit_id, Command::ReceiveResult(command, new)).await
}
