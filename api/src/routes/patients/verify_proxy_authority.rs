//! `POST /v1/patients/{patient_id}/proxy-authorities`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::patient::{Command, NewAuthority, VerifyProxyAuthority};
use daybook_domain::{AuthorityId, Clinic, Patient};
use daybook_ledger::Loaded;

use super::{PatientPath, known};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandAnswers, CommandHeaders};
use crate::visit::parts;

/// Record that somebody may act for the patient.
///
/// Their authority was seen on a document. It stands until a day, and has to be verified anew after that.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/VerifyProxyAuthority"), content_type = "application/json"),
    params(PatientPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/proxy-authorities")]
pub async fn verify_proxy_authority(path: Path<PatientPath>, call: Call) -> Answer {
    let command = call.read::<VerifyProxyAuthority>()?;
    let patient = path.patient_id;
    call.detached(move |call| async move {
        let resource = Resource::patient(call.principal.clinic, patient, None);
        let permit = call.state.access.permit(&call.asking(), Action::VerifyProxyAuthority, &resource).await?;
        let authority_id = AuthorityId(call.state.ledger.ids().public());
        let verify = || async {
            let (patient, clinic): (Loaded<Patient>, Loaded<Clinic>) = call.load((patient.0, call.clinic())).await?;
            let zone = clinic.time_zone();
            let new = NewAuthority { authority_id, today: zone.day(call.state.ledger.clock().now()) };
            Ok(call.intent(patient, Command::VerifyProxyAuthority(command.clone(), new), &permit.policies))
        };
        let appended = call.execute("verify-proxy-authority", verify).await.map_err(known)?;
        let written = Written { patient_id: Some(patient), ..Written::new(&appended) };
        let parts = parts(&call.state, call.clinic(), &written.positions).await?;
        Ok(Written { parts, ..written })
    })
    .await
}
