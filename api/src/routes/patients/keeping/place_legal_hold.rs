//! `POST /v1/patients/{patient_id}/legal-holds`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::patient::{Command, NewLegalHold, PlaceLegalHold};
use daybook_domain::{LegalHoldId, Patient};
use daybook_ledger::Loaded;

use super::{known, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::patients::PatientPath;
use crate::routes::{CommandAnswers, CommandHeaders};
use crate::visit::parts;

/// Hold a patient's record.
///
/// Nothing of it may be destroyed, whatever its age, until the hold is released, which takes two people. An erasure that was
/// proposed has to be proposed anew.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/PlaceLegalHold"), content_type = "application/json"),
    params(PatientPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/legal-holds")]
pub async fn place_legal_hold(path: Path<PatientPath>, call: Call) -> Answer {
    let command = call.read::<PlaceLegalHold>()?;
    let patient = path.patient_id;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::PlaceLegalHold, patient).await?;
        let new = NewLegalHold { legal_hold_id: LegalHoldId(call.state.ledger.ids().public()) };
        let place = || async {
            let patient: Loaded<Patient> = call.load(patient.0).await?;
            Ok(call.intent(patient, Command::PlaceLegalHold(command.clone(), new), &permit.policies))
        };
        let appended = call.execute("place-legal-hold", place).await.map_err(known)?;
        let written = Written { patient_id: Some(patient), ..Written::new(&appended) };
        let parts = parts(&call.state, call.clinic(), &written.positions).await?;
        Ok(Written { parts, ..written })
    })
    .await
}
