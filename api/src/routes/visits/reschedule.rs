//! `POST /v1/visits/{visit_id}/reschedule`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, Reschedule};

use crate::calendar::Booking;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Move the visit to another time.
///
/// Before the patient is admitted. The old time is freed and the new one taken at once, or nothing happens; who was here
/// already is checked in anew at the new time.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Reschedule"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/reschedule")]
pub async fn reschedule(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Reschedule>()?;
    let id = path.visit_id;
    call.detached(move |call| async move {
        let (call, command) = (&call, &command);
        call.on_visit(id, "reschedule", |visit| async move {
            let minutes = command.duration_minutes.unwrap_or(visit.duration_minutes());
            let (to, overbook) = (Some((command.starts_at, minutes)), command.overbook);
            let companions = match (visit.provider(), visit.starts_at()) {
                (Some(provider_id), Some(starts_at)) => {
                    let from = Some((starts_at, visit.duration_minutes()));
                    Booking { provider_id, visit_id: id, from, to, overbook }.companions(call).await?
                }
                _ => Vec::new(),
            };
            let intent = visit.intent(Command::Reschedule(command.clone()));
            Ok(companions.into_iter().fold(intent, |intent, companion| intent.together_with(companion)))
        })
        .await
    })
    .await
}
