//! `POST /v1/visits/{visit_id}/no-show`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, NoShowFacts, RecordNoShow};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Record that the patient never came.
///
/// Not before the start and the clinic's grace period have passed, and never of a patient who has arrived.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordNoShow"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/no-show")]
pub async fn record_no_show(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordNoShow>()?;
    call.detached(move |call| async move {
        let (call, command) = (&call, &command);
        call.on_visit(path.visit_id, "record-no-show", |visit| async move {
            // A clinic's record does not change, so the fact needs no guard.
            let clinic = call.state.clinic(call.clinic()).await?;
            let facts = NoShowFacts::of(&clinic);
            Ok(visit.intent(Command::RecordNoShow(command.clone(), facts)))
        })
        .await
    })
    .await
}
