//! `POST /v1/visits/{visit_id}/modality`

use actix_web::{post, web::Path};
use daybook_domain::visit::{ChangeModality, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The visit is held by another modality from now on.
///
/// Before the visit or in the middle of it. Every change is kept with its time.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/ChangeModality"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/modality")]
pub async fn change_modality(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<ChangeModality>()?;
    call.visit_command(path.visit_id, Command::ChangeModality(command)).await
}
