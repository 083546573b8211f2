//! `POST /v1/visits/{visit_id}/reschedule`

use actix_web::{post, web::Path};
use daybook_domain::calendar::Booking;
use daybook_domain::visit::{Command, Reschedule, When};
use daybook_domain::{Calendar, Provider};
use daybook_ledger::Loaded;

use crate::calendar;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Move the visit to another time.
///
/// Before the patient is admitted. The old time is freed and the new one taken at once, or nothing happens; who was here
/// already is checked in anew at the new time. A time without an offset is one by the clinic's clocks.
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
            let zone = call.time_zone().await?;
            let starts_at = command.starts_at.resolve(&zone);
            let provider_id = visit.provider().unwrap_or_default();
            let from = visit.starts_at().map(|starts_at| (starts_at, visit.duration_minutes()));
            let to = starts_at.ok().map(|starts_at| (starts_at, minutes));
            let (overbook, hold_id) = (command.overbook, command.hold_id);
            let booking = Booking { provider_id, visit_id: id, from, to, overbook, hold_id };
            let (provider, calendars): (Loaded<Provider>, Vec<Loaded<Calendar>>) =
                call.load((provider_id.0, calendar::ids(&booking))).await?;
            let (guard, when) = (provider.guard(), When::of(starts_at, minutes, &provider, &zone));
            let companions = calendar::decide(&booking, call, calendars);
            let intent = visit.intent(Command::Reschedule(command.clone(), when)).relying_on([guard]);
            Ok(intent.together_with(companions))
        })
        .await
    })
    .await
}
