//! `POST /v1/visits/{visit_id}/charges`

use actix_web::{post, web::Path};
use daybook_domain::ChargeId;
use daybook_domain::visit::{CaptureCharge, Command, NewCharge};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Record what is to be charged for.
///
/// Nothing goes out before every note is signed and the visit is billed.
#[utoipa::path(
    tag = "billing",
    request_body(content = ref("#/components/schemas/CaptureCharge"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/charges")]
pub async fn capture_charge(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<CaptureCharge>()?;
    let new = NewCharge { charge_id: ChargeId(call.state.ledger.ids().public()) };
    call.visit_command_with_parts(path.visit_id, Command::CaptureCharge(command, new)).await
}
