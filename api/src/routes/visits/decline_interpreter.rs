//! `POST /v1/visits/{visit_id}/interpreter/decline`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, DeclineInterpreter};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient does not want an interpreter.
///
/// Also one whom nobody had asked for yet. Another may be asked for at any time.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/DeclineInterpreter"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/interpreter/decline")]
pub async fn decline_interpreter(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<DeclineInterpreter>()?;
    call.visit_command(path.visit_id, Command::DeclineInterpreter(command)).await
}
