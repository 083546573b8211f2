//! `POST /v1/visits/{visit_id}/emergencies/close`

use actix_web::{post, web::Path};
use daybook_domain::visit::{CloseEmergency, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// An emergency is over.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/CloseEmergency"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/emergencies/close")]
pub async fn close_emergency(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<CloseEmergency>()?;
    call.visit_command(path.visit_id, Command::CloseEmergency(command)).await
}
