//! `POST /v1/visits/{visit_id}/intake`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordIntake};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient tells what a provider needs to know.
///
/// Days ahead too; the newest counts. Readings are recorded as the patient reports them, each in a unit of its kind and within
/// what a person can have. The chart shows what was told.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordIntake"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/intake")]
pub async fn record_intake(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordIntake>()?;
    call.visit_command(path.visit_id, Command::RecordIntake(command)).await
}
