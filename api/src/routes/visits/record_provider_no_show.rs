//! `POST /v1/visits/{visit_id}/provider-no-show`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, NoShowFacts, RecordProviderNoShow};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Record that the provider never came while the patient waited.
///
/// Not before the start, or the time a late provider was last expected, and the clinic's grace period have passed; and
/// never of a provider who was ready or was seen on the call.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordProviderNoShow"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/provider-no-show")]
pub async fn record_provider_no_show(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordProviderNoShow>()?;
    call.detached(move |call| async move {
        let (call, command) = (&call, &command);
        call.on_visit(path.visit_id, "record-provider-no-show", |visit| async move {
            // A clinic's record does not change, so the fact needs no guard.
            let clinic = call.state.clinic(call.clinic()).await?;
            let facts = NoShowFacts::of(&clinic);
            Ok(visit.intent(Command::RecordProviderNoShow(command.clone(), facts)))
        })
        .await
    })
    .await
}
