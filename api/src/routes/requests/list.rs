//! `GET /v1/requests`

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, Utc};
use daybook_access::{Action, Disclosed, Resource};
use daybook_domain::visit::AdmitFacts;
use daybook_domain::{Clinic, PatientId, Provider};
use daybook_ledger::Loaded;
use daybook_projections::OpenRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::wait_for;
use crate::routes::Refusals;
use crate::routes::patients::person::{Person, people};
use crate::shown::{Shown, plain};

/// Which moment to wait for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RequestsQuery {
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

#[derive(Serialize)]
struct RequestsShown {
    /// Position of the newest event in it.
    position: u64,
    /// The moment its times are counted to.
    as_of: DateTime<Utc>,
    /// Who asked first stands first.
    requests: Vec<RequestShown>,
}

#[derive(Serialize)]
struct RequestShown {
    /// Among all that are open, also those that are not listed here.
    place: usize,
    waited_seconds: i64,
    #[serde(flatten)]
    request: OpenRequest,
    patient: Option<Person>,
    reason: Value,
}

/// Open requests, in the order of waiting: who asked first stands first. With why the patient comes, and who declined.
///
/// At most 200. A provider sees those they could take: of patients who said to be where a licence of theirs is valid today.
#[utoipa::path(
    tag = "waiting room",
    params(RequestsQuery),
    responses((status = 200, description = "The board.", body = ref("#/components/schemas/Requests")), Refusals)
)]
#[get("/v1/requests")]
pub async fn list_requests(caller: Caller, question: Query<RequestsQuery>) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.clinic());
            let resource = Resource::waiting_room(caller.principal.clinic);
            // Before anything is looked up for somebody who may not see it.
            let _ = state.access.permit(&caller.asking(), Action::ReadRequests, &resource).await?;
            wait_for(&caller, question.min_position).await?;
            let found = state.views.requests(clinic).await?;
            let as_of = state.ledger.clock().now();
            let mut listed: Vec<(usize, OpenRequest)> = (1..).zip(found.requests).collect();
            if let Some(licences) = own_licences(&caller).await? {
                listed.retain(|(_, request)| licences.permitting(request.jurisdiction, as_of).is_ok());
            }
            let patients: Vec<PatientId> = listed.iter().map(|(_, request)| request.patient_id).collect();
            let receipt = state.access.read(&caller.asking(), Action::ReadRequests, &resource, &patients).await?;
            let people = people(state, &receipt, &patients).await?;
            let positions: Vec<u64> = listed.iter().map(|(_, request)| request.reason_position).collect();
            let events = state.ledger.read_positions(clinic, &positions).await?;
            let opened = state.access.open(&receipt, &events).await?;
            let said: BTreeMap<u64, Value> =
                opened.into_iter().map(|event| (event.position, plain(event.payload)["reason"].take())).collect();
            let requests = listed.into_iter().map(|(place, request)| RequestShown {
                place,
                waited_seconds: as_of.signed_duration_since(request.requested_at).num_seconds().max(0),
                patient: people.get(&request.patient_id).cloned(),
                reason: said.get(&request.reason_position).cloned().unwrap_or_default(),
                request,
            });
            let shown = RequestsShown { position: found.position, as_of, requests: requests.collect() };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

/// The licences of whoever asks, where they are a provider.
async fn own_licences(caller: &Caller) -> Result<Option<AdmitFacts>, Problem> {
    let Some(provider_id) = caller.principal.provider() else { return Ok(None) };
    let (provider, clinic): (Loaded<Provider>, Loaded<Clinic>) = caller.load((provider_id.0, caller.clinic())).await?;
    Ok(Some(AdmitFacts::of(&provider, &clinic)))
}
