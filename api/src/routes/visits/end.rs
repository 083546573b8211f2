//! `POST /v1/visits/{visit_id}/end`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, End};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The provider ends the visit.
///
/// Leaving the call is not ending: this is.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/End"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/end")]
pub async fn end(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<End>()?;
    call.visit_command(path.visit_id, Command::End(command)).await
}
