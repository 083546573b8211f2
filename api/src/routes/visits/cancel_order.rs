//! `POST /v1/visits/{visit_id}/orders/{order_id}/cancel`

use actix_web::{post, web::Path};
use daybook_domain::Text;
use daybook_domain::visit::{CancelOrder, Command, OrderCancelReason};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, OrderPath};

/// Why it is taken back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelOrderRequest {
    /// Why.
    reason: OrderCancelReason,
    /// More about why.
    details: Option<Text<500>>,
}

/// Take back an order that has not gone out.
#[utoipa::path(
    tag = "diagnoses and orders",
    request_body(content = ref("#/components/schemas/CancelOrderRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/orders/{order_id}/cancel")]
pub async fn cancel_order(path: Path<OrderPath>, call: Call) -> Answer {
    let CancelOrderRequest { reason, details } = call.read()?;
    let command = CancelOrder { order_id: path.order_id, reason, details };
    call.visit_command(path.visit_id, Command::CancelOrder(command)).await
}
