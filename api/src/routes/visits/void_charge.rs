//! `POST /v1/visits/{visit_id}/charges/{charge_id}/void`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, VoidCharge, VoidReason};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{ChargePath, CommandAnswers, CommandHeaders};

/// Why a charge is taken back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidChargeRequest {
    /// Why.
    reason: VoidReason,
}

/// Take back a captured or billed charge.
///
/// The payer has to be told of one that was billed: nothing here does.
#[utoipa::path(
    tag = "billing",
    request_body(content = ref("#/components/schemas/VoidChargeRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/charges/{charge_id}/void")]
pub async fn void_charge(path: Path<ChargePath>, call: Call) -> Answer {
    let VoidChargeRequest { reason } = call.read()?;
    let command = VoidCharge { charge_id: path.charge_id, reason };
    call.visit_command(path.visit_id, Command::VoidCharge(command)).await
}
