//! `POST /v1/visits/{visit_id}/room`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, Room};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Clinical staff take a waiting patient in and make the visit ready.
///
/// The patient keeps their place; the provider admits them as from the waiting room.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Room"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/room")]
pub async fn room(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Room>()?;
    call.visit_command(path.visit_id, Command::Room(command)).await
}
