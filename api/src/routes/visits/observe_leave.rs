//! `POST /v1/visits/{visit_id}/presence/left`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ObserveLeave};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// A participant's connection was seen to end.
///
/// An observed fact: recorded even where it breaks a rule. For programs.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ObserveLeave"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/presence/left")]
pub async fn observe_leave(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ObserveLeave>()?;
    call.visit_command(path.visit_id, Command::ObserveLeave(command)).await
}
