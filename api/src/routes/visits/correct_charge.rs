//! `POST /v1/visits/{visit_id}/charges/{charge_id}/correct`

use actix_web::{post, web::Path};
use daybook_domain::visit::{CaptureCharge, Command, CorrectCharge, CorrectionReason};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{ChargePath, CommandAnswers, CommandHeaders};

/// The right charge.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectChargeRequest {
    /// Why the old one was wrong.
    reason: CorrectionReason,
    /// What is right.
    correct: CaptureCharge,
}

/// Replace a captured or billed charge by the right one.
///
/// The new charge is judged like any other and has an id of its own. Of a visit that was billed, bill again.
#[utoipa::path(
    tag = "billing",
    request_body(content = ref("#/components/schemas/CorrectChargeRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/charges/{charge_id}/correct")]
pub async fn correct_charge(path: Path<ChargePath>, call: Call) -> Answer {
    let CorrectChargeRequest { reason, correct } = call.read()?;
    call.detached(move |call| async move {
        let command = &CorrectCharge { charge_id: path.charge_id, reason, correct };
        call.on_visit_with_parts(path.visit_id, "correct-charge", |visit| async move {
            let (facts, guard) = visit.charge_facts().await?;
            Ok(visit.intent(Command::CorrectCharge(command.clone(), facts)).relying_on([guard]))
        })
        .await
    })
    .await
}
