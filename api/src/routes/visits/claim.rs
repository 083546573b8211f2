//! `POST /v1/visits/{visit_id}/claim`

use actix_web::{post, web::Path};
use daybook_domain::calendar::Booking;
use daybook_domain::visit::{Claim, ClaimFacts, Command};
use daybook_domain::{Calendar, Clinic, Provider};
use daybook_ledger::Loaded;

use crate::calendar;
use crate::caller::Call;
use crate::command::Answer;
use crate::problem::Problem;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Whose licence and hours, and by whose clocks.
type Records = (Loaded<Provider>, Loaded<Clinic>);

/// A provider takes an open request: the visit is theirs, and set up for now or for when the patient can.
///
/// They must be licensed where the patient says to be, at work, and free, unless they overbook and say why. Their time is taken
/// at once, or nothing happens. Of two who claim at once exactly one gets it.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Claim"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/claim")]
pub async fn claim(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Claim>()?;
    let id = path.visit_id;
    call.detached(move |call| async move {
        let (call, command) = (&call, &command);
        call.on_visit(id, "claim", |visit| async move {
            let Claim { duration_minutes, starts_at, overbook } = *command;
            // The policies permit providers alone, each as themselves.
            let provider_id = call.principal.provider().ok_or_else(Problem::denied)?;
            let now = call.state.ledger.clock().now();
            let earliest = visit.requested().and_then(|request| request.earliest);
            let starts_at = starts_at.unwrap_or_else(|| earliest.map_or(now, |earliest| earliest.max(now)));
            let to = Some((starts_at, duration_minutes));
            let booking = Booking { provider_id, visit_id: id, from: None, to, overbook, hold_id: None };
            let ids = ((provider_id.0, call.clinic()), calendar::ids(&booking));
            let ((provider, clinic), calendars): (Records, Vec<Loaded<Calendar>>) = call.load(ids).await?;
            let facts = ClaimFacts::of(starts_at, duration_minutes, &provider, &clinic);
            let guards = [provider.guard(), clinic.guard()];
            let intent = visit.intent(Command::Claim(command.clone(), facts)).relying_on(guards);
            Ok(intent.together_with(calendar::decide(&booking, call, calendars)))
        })
        .await
    })
    .await
}
