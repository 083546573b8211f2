//! `POST /v1/visits/{visit_id}/location`

use actix_web::{post, web::Path};
use daybook_domain::visit::{AttestLocation, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient says where they physically are.
///
/// The newest counts. During the visit this runs the licence gate again.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/AttestLocation"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/location")]
pub async fn attest_location(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<AttestLocation>()?;
    call.detached(move |call| async move {
        let command = &command;
        call.on_visit(path.visit_id, "attest-location", |visit| async move {
            let (facts, guards) = visit.licences().await?;
            Ok(visit.intent(Command::AttestLocation(command.clone(), facts)).relying_on(guards))
        })
        .await
    })
    .await
}
