//! `POST /v1/visits`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::VisitId;
use daybook_domain::visit::{Command, Schedule, ScheduleFacts, Visit};
use daybook_ledger::{Stream, cqrs};

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandHeaders, CreationAnswers};

/// Set up a visit.
///
/// Patient and provider must be registered in the clinic.
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
        let facts = facts(&call, &command).await?;
        let id = call.state.ledger.ids().public();
        let execution = call.execution(id, Command::Schedule(command, facts), Vec::new(), &permit.policies);
        let appended = call.outcome("schedule", cqrs::execute::<Visit>(&call.state.ledger, execution).await)?;
        let id = appended.events.first().map_or(id, |event| event.stream.id);
        let written = Written { visit_id: Some(VisitId(id)), ..Written::new(&appended) };
        Ok(written.at(format!("/v1/visits/{id}")))
    })
    .await
}

/// Who is registered stays registered, so these facts need no guards.
async fn facts(call: &Call, command: &Schedule) -> Result<ScheduleFacts, crate::problem::Problem> {
    let (patient, provider) = (command.patient_id.0, command.provider_id.0);
    let keys = [(call.clinic(), Stream::new("patient", patient)), (call.clinic(), Stream::new("provider", provider))];
    let events = call.state.ledger.read_streams(&keys).await?;
    let registered = |kind, id| events.iter().any(|event| event.stream.kind == kind && event.stream.id == id);
    Ok(ScheduleFacts {
        patient_registered: registered("patient", patient),
        provider_registered: registered("provider", provider),
    })
}
