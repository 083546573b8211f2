//! `POST /v1/patients/{patient_id}/erasure/confirm`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::Patient;
use daybook_domain::patient::Command;
use daybook_ledger::Loaded;

use super::{known, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::keeping::Keeping;
use crate::problem::Problem;
use crate::routes::patients::PatientPath;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Erase a patient's record that another person proposed to erase.
///
/// The keys of everything that is sealed about the patient are destroyed, and what the patient is found by. The log keeps its
/// events, their ids and times, and stays verifiable; what was sealed in them, in files and in drafts is unreadable in this
/// installation from then on. Backups of the keys that were made before can still undo it until they are destroyed.
#[utoipa::path(tag = "patients", params(PatientPath, CommandHeaders), responses(CommandAnswers))]
#[post("/v1/patients/{patient_id}/erasure/confirm")]
pub async fn confirm_erasure(path: Path<PatientPath>, call: Call) -> Answer {
    let patient = path.patient_id;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::ConfirmErasure, patient).await?;
        let record: Loaded<Patient> = call.load(patient.0).await?;
        if !record.exists() {
            return Err(Problem::not_found());
        }
        let (ledger, clinic, attempt) = (&call.state.ledger, call.clinic(), call.key.id);
        // From here on no key is made for the patient, so that the event names all there are.
        let keys = ledger.sealer().close(clinic, patient, attempt).await?;
        let confirm = || async {
            let (patient, facts, guards) = Keeping::of(&call, patient).await?.into_facts(keys.clone());
            Ok(call.intent(patient, Command::ConfirmErasure(facts), &permit.policies).relying_on(guards))
        };
        let result = call.execute("confirm-erasure", confirm).await.map_err(known);
        // Whether the event stands decides what becomes of the keys. Where that is not known yet, the record stays closed.
        if !matches!(&result, Err(problem) if problem.code == "outcome-unknown") {
            ledger.settle_erasure(clinic, patient, attempt).await?;
        }
        Ok(Written { patient_id: Some(patient), ..Written::new(&result?) })
    })
    .await
}
