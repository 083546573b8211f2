//! `POST /v1/visits/{visit_id}/contact-attempts`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordContactAttempt};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Somebody tried to reach the patient.
///
/// Recorded wherever the visit stands; the number called is sealed.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordContactAttempt"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/contact-attempts")]
pub async fn record_contact_attempt(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordContactAttempt>()?;
    call.visit_command(path.visit_id, Command::RecordContactAttempt(command)).await
}
