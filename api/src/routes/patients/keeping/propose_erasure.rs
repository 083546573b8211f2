//! `POST /v1/patients/{patient_id}/erasure/propose`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::patient::{Command, ProposeErasure};

use super::{known, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::keeping::Keeping;
use crate::routes::patients::PatientPath;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Propose to erase a patient's record. Nothing is destroyed until another person confirms it.
///
/// Refused under a legal hold, while a visit is not over, before the record's retention is over, and where until when it has
/// to be kept is not known.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/ProposeErasure"), content_type = "application/json"),
    params(PatientPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/erasure/propose")]
pub async fn propose_erasure(path: Path<PatientPath>, call: Call) -> Answer {
    let command = call.read::<ProposeErasure>()?;
    let patient = path.patient_id;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::ProposeErasure, patient).await?;
        let propose = || async {
            let (patient, facts, guards) = Keeping::of(&call, patient).await?.into_facts(Vec::new());
            Ok(call.intent(patient, Command::ProposeErasure(command, facts), &permit.policies).relying_on(guards))
        };
        let appended = call.execute("propose-erasure", propose).await.map_err(known)?;
        Ok(Written { patient_id: Some(patient), ..Written::new(&appended) })
    })
    .await
}
