//! `POST /v1/visits/{visit_id}/cancel`

use actix_web::{post, web::Path};
use daybook_domain::calendar::Booking;
use daybook_domain::visit::{Cancel, Command};

use crate::calendar;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Call the visit off.
///
/// Before the patient is admitted. The provider's time is free again at once.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Cancel"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/cancel")]
pub async fn cancel(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Cancel>()?;
    let id = path.visit_id;
    call.detached(move |call| async move {
        let (call, command) = (&call, &command);
        call.on_visit(id, "cancel", |visit| async move {
            let companions = match (visit.provider(), visit.starts_at()) {
                (Some(provider_id), Some(starts_at)) => {
                    let from = Some((starts_at, visit.duration_minutes()));
                    calendar::companions(&Booking::freeing(provider_id, id, from), call).await?
                }
                _ => Vec::new(),
            };
            let intent = visit.intent(Command::Cancel(command.clone()));
            Ok(intent.together_with(companions))
        })
        .await
    })
    .await
}
