//! What of a patient's record was disclosed outside: recorded by compliance officers, and accounted for to the patient.

pub mod record;
pub mod show;
pub mod suspend;

use actix_web::web::ServiceConfig;
use daybook_access::{Action, Permit, Resource};
use daybook_domain::{DisclosureId, PatientId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use crate::caller::Call;
use crate::problem::Problem;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(record::record_disclosure).service(suspend::suspend_accounting).service(show::show_disclosures);
}

/// Which disclosure of which patient's record.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DisclosurePath {
    /// The patient.
    #[param(value_type = uuid::Uuid)]
    pub patient_id: PatientId,
    /// The disclosure.
    #[param(value_type = uuid::Uuid)]
    pub disclosure_id: DisclosureId,
}

async fn permit(call: &Call, action: Action, patient: PatientId) -> Result<Permit, Problem> {
    let resource = Resource::patient(call.principal.clinic, patient, None);
    Ok(call.state.access.permit(&call.asking(), action, &resource).await?)
}
