//! `POST /v1/visits/{visit_id}/arrive`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Arrive, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient is here.
///
/// For the first time, or again after having left.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Arrive"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/arrive")]
pub async fn arrive(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Arrive>()?;
    call.visit_command(path.visit_id, Command::Arrive(command)).await
}
