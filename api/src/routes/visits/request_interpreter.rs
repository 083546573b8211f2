//! `POST /v1/visits/{visit_id}/interpreter/request`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RequestInterpreter};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The visit needs an interpreter.
///
/// Said by the patient, or by staff on the patient's word, days ahead or in the middle of the visit. The newest need counts;
/// another language starts the search anew.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RequestInterpreter"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/interpreter/request")]
pub async fn request_interpreter(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RequestInterpreter>()?;
    call.visit_command(path.visit_id, Command::RequestInterpreter(command)).await
}
