//! How long a patient's record is kept, what holds it, and how it is let go.

pub mod confirm_erasure;
pub mod place_legal_hold;
pub mod propose_erasure;
pub mod propose_hold_release;
pub mod release_legal_hold;
pub mod show;

use actix_web::web::ServiceConfig;
use daybook_access::{Action, Permit, Resource};
use daybook_domain::{LegalHoldId, PatientId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use crate::caller::Call;
use crate::problem::Problem;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(place_legal_hold::place_legal_hold)
        .service(propose_hold_release::propose_hold_release)
        .service(release_legal_hold::release_legal_hold)
        .service(propose_erasure::propose_erasure)
        .service(confirm_erasure::confirm_erasure)
        .service(show::show_record_keeping);
}

/// Which legal hold of which patient.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct LegalHoldPath {
    /// The patient.
    #[param(value_type = uuid::Uuid)]
    pub patient_id: PatientId,
    /// The hold.
    #[param(value_type = uuid::Uuid)]
    pub legal_hold_id: LegalHoldId,
}

async fn permit(call: &Call, action: Action, patient: PatientId) -> Result<Permit, Problem> {
    let resource = Resource::patient(call.principal.clinic, patient, None);
    Ok(call.state.access.permit(&call.asking(), action, &resource).await?)
}
