//! `POST /v1/visits/{visit_id}/late-arrival/reverse`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReverseLateArrival};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Take back that the patient came late.
///
/// While the patient waits. What was recorded stays in the log.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ReverseLateArrival"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/late-arrival/reverse")]
pub async fn reverse_late_arrival(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ReverseLateArrival>()?;
    call.visit_command(path.visit_id, Command::ReverseLateArrival(command)).await
}
