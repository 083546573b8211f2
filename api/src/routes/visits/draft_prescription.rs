//! `POST /v1/visits/{visit_id}/prescriptions`

use actix_web::{post, web::Path};
use daybook_domain::OrderId;
use daybook_domain::visit::{Command, DraftPrescription, NewOrder};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Write a prescription, or write a draft anew.
///
/// Each draft replaces the one before. The answer names the order and the hash a signature has to name. Nothing is sent: until
/// there is a transmitter every order is shown as `NOT SENT`.
#[utoipa::path(
    tag = "diagnoses and orders",
    request_body(content = ref("#/components/schemas/DraftPrescription"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/prescriptions")]
pub async fn draft_prescription(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<DraftPrescription>()?;
    let ids = call.state.ledger.ids();
    let new = NewOrder { order_id: OrderId(ids.public()), salt: ids.secret() };
    call.visit_command_with_parts(path.visit_id, Command::DraftPrescription(command, new)).await
}
