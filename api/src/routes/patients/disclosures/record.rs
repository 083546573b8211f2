//! `POST /v1/patients/{patient_id}/disclosures`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::patient::{Command, DisclosureFacts, Error, MOST_VISITS, RecordDisclosure};
use daybook_domain::{DisclosureId, Patient, Visit, VisitId};
use daybook_ledger::Loaded;

use super::{known, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::patients::PatientPath;
use crate::routes::{CommandAnswers, CommandHeaders};
use crate::visit::parts;

/// Record that something of a patient's record was given to somebody outside.
///
/// On whatever ground, also on none: what was disclosed without a permission is accounted for to the patient too. The visits it
/// names are what a later correction is traced by.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/RecordDisclosure"), content_type = "application/json"),
    params(PatientPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/disclosures")]
pub async fn record_disclosure(path: Path<PatientPath>, call: Call) -> Answer {
    let command = call.read::<RecordDisclosure>()?;
    let patient_id = path.patient_id;
    call.detached(move |call| async move {
        let permit = permit(&call, Action::RecordDisclosure, patient_id).await?;
        if command.visits.len() > MOST_VISITS {
            return Err(Problem::refused(&Error::TooManyVisitsDisclosed));
        }
        let disclosure_id = DisclosureId(call.state.ledger.ids().public());
        let record = || async {
            let today = call.time_zone().await?.day(call.state.ledger.clock().now());
            let ids = command.visits.iter().map(|visit| visit.0).collect();
            let (patient, visits): (Loaded<Patient>, Vec<Loaded<Visit>>) = call.load((patient_id.0, ids)).await?;
            let own = visits.iter().filter(|visit| visit.patient() == Some(patient_id));
            let own_visits = own.map(|visit| VisitId(visit.stream().id)).collect();
            let facts = DisclosureFacts { disclosure_id, today, own_visits };
            Ok(call.intent(patient, Command::RecordDisclosure(command.clone(), facts), &permit.policies))
        };
        let appended = call.execute("record-disclosure", record).await.map_err(known)?;
        let written = Written { patient_id: Some(patient_id), ..Written::new(&appended) };
        let parts = parts(&call.state, call.clinic(), &written.positions).await?;
        Ok(Written { parts, ..written })
    })
    .await
}
