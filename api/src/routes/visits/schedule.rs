//! `POST /v1/visits`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::visit::{Command, Schedule, ScheduleFacts, Visit};
use daybook_domain::{Patient, Provider, VisitId};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
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
        let id = call.state.ledger.ids().public();
        let schedule = || async {
            let facts = facts(&call, &command).await?;
            Ok(call.intent::<Visit>(Loaded::fresh(id), Command::Schedule(command.clone(), facts), &permit.policies))
        };
        let appended = call.execute("schedule", schedule).await?;
        let id = appended.last().map_or(id, |event| event.stream.id);
        let written = Written { visit_id: Some(VisitId(id)), ..Written::new(&appended) };
        Ok(written.at(format!("/v1/visits/{id}")))
    })
    .await
}

/// Who is registered stays registered, so these facts need no guards.
async fn facts(call: &Call, command: &Schedule) -> Result<ScheduleFacts, Problem> {
    let people = call.load((command.patient_id.0, command.provider_id.0)).await?;
    let (patient, provider): (Loaded<Patient>, Loaded<Provider>) = people;
    Ok(ScheduleFacts { patient_registered: patient.is_registered(), provider_registered: provider.is_registered() })
}
