//! `POST /v1/patients/{patient_id}/proxy-authorities/end`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::Patient;
use daybook_domain::patient::{Command, EndProxyAuthority};
use daybook_ledger::Loaded;

use super::PatientPath;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandAnswers, CommandHeaders};

/// Record that a proxy's authority ended before its day.
///
/// What the proxy did before stands.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/EndProxyAuthority"), content_type = "application/json"),
    params(PatientPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/proxy-authorities/end")]
pub async fn end_proxy_authority(path: Path<PatientPath>, call: Call) -> Answer {
    let command = call.read::<EndProxyAuthority>()?;
    let patient = path.patient_id;
    call.detached(move |call| async move {
        let resource = Resource::patient(call.principal.clinic, patient, None);
        let permit = call.state.access.permit(&call.asking(), Action::EndProxyAuthority, &resource).await?;
        let end = || async {
            let patient: Loaded<Patient> = call.load(patient.0).await?;
            Ok(call.intent(patient, Command::EndProxyAuthority(command), &permit.policies))
        };
        let appended = call.execute("end-proxy-authority", end).await?;
        Ok(Written { patient_id: Some(patient), ..Written::new(&appended) })
    })
    .await
}
