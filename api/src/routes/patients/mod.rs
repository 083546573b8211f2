//! Patients: who they are, finding them, their charts, and what of their records was disclosed.

pub mod chart;
pub mod disclosures;
pub mod end_proxy_authority;
pub mod glass;
pub mod history;
pub mod keeping;
pub mod person;
pub mod register;
pub mod search;
pub mod show;
pub mod verify_proxy_authority;
pub mod who_looked;

use actix_web::web::ServiceConfig;
use daybook_access::Resource;
use daybook_domain::{PatientId, ProviderId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    keeping::configure(services);
    disclosures::configure(services);
    glass::configure(services);
    services
        .service(register::register_patient)
        .service(search::search_patients)
        .service(verify_proxy_authority::verify_proxy_authority)
        .service(end_proxy_authority::end_proxy_authority)
        .service(show::show_patient)
        .service(chart::show_chart)
        .service(history::show_history)
        .service(who_looked::show_who_looked);
}

/// Which patient.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PatientPath {
    /// The patient.
    #[param(value_type = uuid::Uuid)]
    pub patient_id: PatientId,
}

/// A refusal for somebody whom this clinic does not know, told as of any id that is nobody's.
fn known(problem: Problem) -> Problem {
    match problem.code {
        "not-registered" => Problem::not_found(),
        _ => problem,
    }
}

/// A patient as the policies see one: whether the provider who asks has a visit with them. An id that is nobody's in this
/// clinic is about no patient, so that no fact says that somebody's record was read.
async fn resource(caller: &Caller, patient: PatientId, is_known: bool) -> Result<Resource, Problem> {
    let treats = match caller.principal.provider() {
        Some(provider) => treats(caller, patient, provider).await?.then_some(provider),
        None => None,
    };
    let resource = Resource::patient(caller.principal.clinic, patient, treats);
    let resource = crate::glass::seen(caller, resource, is_known.then_some(patient)).await?;
    Ok(if is_known { resource } else { Resource { patient: None, ..resource } })
}

async fn treats(caller: &Caller, patient: PatientId, provider: ProviderId) -> Result<bool, Problem> {
    let visits = caller.state.views.visits_of(caller.clinic(), patient).await?;
    Ok(visits.iter().any(|visit| visit.provider_id == provider))
}
