//! `POST /v1/visits/{visit_id}/no-show/reverse`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, ReverseNoShow};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Take back that the patient never came.
///
/// What was recorded stays in the log, and so does why it was taken back. The visit may still take place.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ReverseNoShow"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/no-show/reverse")]
pub async fn reverse_no_show(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ReverseNoShow>()?;
    call.visit_command(path.visit_id, Command::ReverseNoShow(command)).await
}
