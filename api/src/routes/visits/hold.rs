//! `POST /v1/visits/{visit_id}/hold`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, Hold};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Put a waiting patient on hold.
///
/// They keep their place among those on hold.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Hold"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/hold")]
pub async fn hold(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Hold>()?;
    call.visit_command(path.visit_id, Command::Hold(command)).await
}
