//! `POST /v1/visits/requests`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::patient::{self, NewRequest};
use daybook_domain::visit::{Command, RequestFacts, RequestVisit, State, Visit};
use daybook_domain::{Patient, VisitId};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandHeaders, CreationAnswers};

/// Ask to be seen by whoever is free.
///
/// A patient asks for themselves, the front desk for anybody; one request of a patient is open at most. It is a visit once a
/// provider claims it: until then nobody arrives, and it stands on the board of open requests.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RequestVisit"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CreationAnswers)
)]
#[post("/v1/visits/requests")]
pub async fn request(call: Call) -> Answer {
    let command = call.read::<RequestVisit>()?;
    call.detached(move |call| async move {
        let patient_id = command.patient_id;
        let resource = Resource::patient(call.principal.clinic, patient_id, None);
        let permit = call.state.access.permit(&call.asking(), Action::RequestVisit, &resource).await;
        let permit = permit.map_err(|_| call.hidden(&resource))?;
        let id = call.state.ledger.ids().public();
        let request = || async {
            let patient: Loaded<Patient> = call.load(patient_id.0).await?;
            // What is no longer open never opens again, so the look at it needs no guard; two requests at once meet in the
            // patient's stream.
            let newest_is_open = match patient.newest_request() {
                Some(newest) => call.load::<Loaded<Visit>>(newest.0).await?.state() == State::Requested,
                None => false,
            };
            let facts = RequestFacts::of(&patient);
            let new = NewRequest { visit_id: VisitId(id), newest_is_open };
            let noted = patient.decides(call.request(patient::Command::RequestVisit(new)));
            let command = Command::RequestVisit(command.clone(), facts);
            let intent = call.intent::<Visit>(Loaded::fresh(id), command, &permit.policies);
            Ok::<_, Problem>(intent.together_with([noted]))
        };
        let appended = call.execute("request", request).await?;
        let id = appended.last().map_or(id, |event| event.stream.id);
        let written = Written { visit_id: Some(VisitId(id)), ..Written::new(&appended) };
        Ok(written.at(format!("/v1/visits/{id}")))
    })
    .await
}
