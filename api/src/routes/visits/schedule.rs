//! `POST /v1/visits`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::calendar::Booking;
use daybook_domain::visit::{Command, Schedule, ScheduleFacts, Visit, When};
use daybook_domain::{Calendar, Patient, Provider, VisitId};
use daybook_ledger::Loaded;

use crate::calendar;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandHeaders, CreationAnswers};

/// Who is to meet.
type People = (Loaded<Patient>, Loaded<Provider>);

/// Set up a visit.
///
/// Patient and provider must be registered in the clinic. The provider must be at work then and the time be free, unless
/// the front desk overbooks and says why. A time without an offset is one by the clinic's clocks.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Schedule"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CreationAnswers)
)]
#[post("/v1/visits")]
pub async fn schedule(call: Call) -> Answer {
    let command = call.read::<Schedule>()?;
    call.detached(move |call| async move {
        let resource = Resource::clinic(call.principal.clinic);
        let permit = call.state.access.permit(&call.asking(), Action::ScheduleVisit, &resource).await?;
        let id = call.state.ledger.ids().public();
        let schedule = || async {
            let Schedule { patient_id, provider_id, starts_at, duration_minutes, overbook, hold_id, .. } = command;
            let zone = call.time_zone().await?;
            let starts_at = starts_at.resolve(&zone);
            let to = starts_at.ok().map(|starts_at| (starts_at, duration_minutes));
            let booking = Booking { provider_id, visit_id: VisitId(id), from: None, to, overbook, hold_id };
            let ids = ((patient_id.0, provider_id.0), calendar::ids(&booking));
            let ((patient, provider), calendars): (People, Vec<Loaded<Calendar>>) = call.load(ids).await?;
            // Who is registered stays registered; their hours may change meanwhile.
            let guard = provider.guard();
            let when = When::of(starts_at, duration_minutes, &provider, &zone);
            let facts = ScheduleFacts::of(&patient, &provider, when);
            let command = Command::Schedule(command.clone(), facts);
            let intent = call.intent::<Visit>(Loaded::fresh(id), command, &permit.policies).relying_on([guard]);
            let companions = calendar::decide(&booking, &call, calendars);
            Ok::<_, Problem>(intent.together_with(companions))
        };
        let appended = call.execute("schedule", schedule).await?;
        let id = appended.last().map_or(id, |event| event.stream.id);
        let written = Written { visit_id: Some(VisitId(id)), ..Written::new(&appended) };
        Ok(written.at(format!("/v1/visits/{id}")))
    })
    .await
}
