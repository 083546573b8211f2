//! `POST /v1/visits/{visit_id}/bill`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Bill, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Send every captured charge to be paid.
///
/// Every note must be signed. Closes the visit.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Bill"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/bill")]
pub async fn bill(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Bill>()?;
    call.visit_command(path.visit_id, Command::Bill(command)).await
}
