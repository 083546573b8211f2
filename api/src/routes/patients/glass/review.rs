//! `POST /v1/patients/{patient_id}/break-glass/{glass_id}/review`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::patient::{Command, GlassFinding, ReviewGlass};
use daybook_domain::{GlassId, Patient, PatientId, Text};
use daybook_ledger::Loaded;
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::IntoParams;

use super::known;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandAnswers, CommandHeaders};

/// Which broken glass before which patient's record.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct GlassPath {
    /// The patient.
    #[param(value_type = uuid::Uuid)]
    patient_id: PatientId,
    /// The time the glass was broken.
    #[param(value_type = uuid::Uuid)]
    glass_id: GlassId,
}

/// What the review found.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewGlassRequest {
    /// What the review found.
    finding: GlassFinding,
    /// More about it.
    details: Option<Text<1000>>,
}

/// Close the review of a broken glass. Whoever broke it may not; if its time is not over, it is now.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/ReviewGlassRequest"), content_type = "application/json"),
    params(GlassPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/break-glass/{glass_id}/review")]
pub async fn review_glass(path: Path<GlassPath>, call: Call) -> Answer {
    let ReviewGlassRequest { finding, details } = call.read()?;
    let GlassPath { patient_id, glass_id } = path.into_inner();
    let command = ReviewGlass { glass_id, finding, details };
    call.detached(move |call| async move {
        let resource = Resource::patient(call.principal.clinic, patient_id, None);
        let permit = call.state.access.permit(&call.asking(), Action::ReviewGlass, &resource).await?;
        let attempt = || async {
            let patient: Loaded<Patient> = call.load(patient_id.0).await?;
            Ok(call.intent(patient, Command::ReviewGlass(command.clone()), &permit.policies))
        };
        let appended = call.execute("review-glass", attempt).await.map_err(known)?;
        Ok(Written { patient_id: Some(patient_id), ..Written::new(&appended) })
    })
    .await
}
