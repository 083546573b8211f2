//! `POST /v1/visits/{visit_id}/no-charge`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordNoCharge};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Say that nothing is charged for the visit.
///
/// Closes the visit like a bill. Every note must be signed, and captured charges be voided first.
#[utoipa::path(
    tag = "billing",
    request_body(content = ref("#/components/schemas/RecordNoCharge"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/no-charge")]
pub async fn record_no_charge(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordNoCharge>()?;
    call.visit_command(path.visit_id, Command::RecordNoCharge(command)).await
}
