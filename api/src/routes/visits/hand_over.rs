//! `POST /v1/visits/{visit_id}/hand-over`

use actix_web::{post, web::Path};
use daybook_domain::calendar::Booking;
use daybook_domain::visit::{Command, HandOver, HandOverFacts};
use daybook_domain::{Calendar, Provider};
use daybook_ledger::Loaded;

use crate::calendar;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Hand the visit over to another provider.
///
/// Before the patient is admitted; the patient keeps their place. One provider's time is freed and the other's taken at
/// once, or nothing happens.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/HandOver"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/hand-over")]
pub async fn hand_over(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<HandOver>()?;
    let id = path.visit_id;
    call.detached(move |call| async move {
        let (call, command) = (&call, &command);
        call.on_visit(id, "hand-over", |visit| async move {
            let HandOver { to_provider_id, overbook, .. } = *command;
            let time = visit.starts_at().map(|starts_at| (starts_at, visit.duration_minutes()));
            let from = visit.provider().filter(|from| *from != to_provider_id);
            let freed = from.map(|provider_id| Booking::freeing(provider_id, id, time));
            let taken =
                Booking { provider_id: to_provider_id, visit_id: id, from: None, to: time, overbook, hold_id: None };
            let (provider, calendars): (Loaded<Provider>, Vec<Loaded<Calendar>>) =
                call.load((to_provider_id.0, calendar::ids(&taken))).await?;
            let mut companions = match freed {
                Some(freed) => calendar::companions(&freed, call).await?,
                None => Vec::new(),
            };
            companions.extend(calendar::decide(&taken, call, calendars));
            let zone = call.time_zone().await?;
            let facts = HandOverFacts::of(&visit, &provider, &zone);
            let intent = visit.intent(Command::HandOver(command.clone(), facts)).relying_on([provider.guard()]);
            Ok(intent.together_with(companions))
        })
        .await
    })
    .await
}
