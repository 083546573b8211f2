//! `POST /v1/patients/{patient_id}/legal-holds/{legal_hold_id}/release`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::Patient;
use daybook_domain::patient::{Command, ReleaseLegalHold};
use daybook_ledger::Loaded;

use super::{LegalHoldPath, known, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandAnswers, CommandHeaders};

/// End a legal hold that another person proposed to end.
#[utoipa::path(tag = "patients", params(LegalHoldPath, CommandHeaders), responses(CommandAnswers))]
#[post("/v1/patients/{patient_id}/legal-holds/{legal_hold_id}/release")]
pub async fn release_legal_hold(path: Path<LegalHoldPath>, call: Call) -> Answer {
    let command = ReleaseLegalHold { legal_hold_id: path.legal_hold_id };
    let patient = path.patient_id;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::ReleaseLegalHold, patient).await?;
        let release = || async {
            let patient: Loaded<Patient> = call.load(patient.0).await?;
            Ok(call.intent(patient, Command::ReleaseLegalHold(command), &permit.policies))
        };
        let appended = call.execute("release-legal-hold", release).await.map_err(known)?;
        Ok(Written { patient_id: Some(patient), ..Written::new(&appended) })
    })
    .await
}
