//! `POST /v1/patients/{patient_id}/legal-holds/{legal_hold_id}/propose-release`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::patient::{Command, HoldEnd, ProposeHoldRelease};
use daybook_domain::{Patient, Text};
use daybook_ledger::Loaded;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{LegalHoldPath, known, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandAnswers, CommandHeaders};

/// Why the hold is to end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposeHoldReleaseRequest {
    /// Why.
    reason: HoldEnd,
    /// More about it.
    details: Option<Text<1000>>,
}

/// Propose to end a legal hold. It stands until another person releases it.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/ProposeHoldReleaseRequest"), content_type = "application/json"),
    params(LegalHoldPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/legal-holds/{legal_hold_id}/propose-release")]
pub async fn propose_hold_release(path: Path<LegalHoldPath>, call: Call) -> Answer {
    let ProposeHoldReleaseRequest { reason, details } = call.read()?;
    let command = ProposeHoldRelease { legal_hold_id: path.legal_hold_id, reason, details };
    let patient = path.patient_id;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::ProposeHoldRelease, patient).await?;
        let propose = || async {
            let patient: Loaded<Patient> = call.load(patient.0).await?;
            Ok(call.intent(patient, Command::ProposeHoldRelease(command.clone()), &permit.policies))
        };
        let appended = call.execute("propose-hold-release", propose).await.map_err(known)?;
        Ok(Written { patient_id: Some(patient), ..Written::new(&appended) })
    })
    .await
}
