//! `POST /v1/visits/{visit_id}/emergency-contact`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordEmergencyContact};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Whom to call in an emergency during this visit.
///
/// Having nobody, or not saying, is an answer too. The newest counts.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordEmergencyContact"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/emergency-contact")]
pub async fn record_emergency_contact(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordEmergencyContact>()?;
    call.visit_command(path.visit_id, Command::RecordEmergencyContact(command)).await
}
