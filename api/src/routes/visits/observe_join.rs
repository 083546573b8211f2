//! `POST /v1/visits/{visit_id}/presence/joined`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ObserveJoin};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// A participant was seen to connect.
///
/// An observed fact: recorded even where it breaks a rule. For programs.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ObserveJoin"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/presence/joined")]
pub async fn observe_join(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ObserveJoin>()?;
    call.visit_command(path.visit_id, Command::ObserveJoin(command)).await
}
