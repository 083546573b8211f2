//! `POST /v1/patients/{patient_id}/disclosures/{disclosure_id}/suspend`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::Patient;
use daybook_domain::patient::{Command, SuspendAccounting};
use daybook_ledger::Loaded;

use super::{DisclosurePath, known, permit};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandAnswers, CommandHeaders};

/// Leave a disclosure out of the patient's accounting for a time, because the agency that received it asked for that.
///
/// Only for health oversight and law enforcement; asked for by word of mouth, 30 days at most. A newer statement takes the place
/// of an older one.
#[utoipa::path(
    tag = "patients",
    request_body(content = ref("#/components/schemas/SuspendAccounting"), content_type = "application/json"),
    params(DisclosurePath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/patients/{patient_id}/disclosures/{disclosure_id}/suspend")]
pub async fn suspend_accounting(path: Path<DisclosurePath>, call: Call) -> Answer {
    let command = call.read::<SuspendAccounting>()?;
    let DisclosurePath { patient_id, disclosure_id } = path.into_inner();
    call.detached(move |call| async move {
        let permit = permit(&call, Action::SuspendAccounting, patient_id).await?;
        let suspend = || async {
            let today = call.time_zone().await?.day(call.state.ledger.clock().now());
            let patient: Loaded<Patient> = call.load(patient_id.0).await?;
            let command = Command::SuspendAccounting(disclosure_id, command.clone(), today);
            Ok(call.intent(patient, command, &permit.policies))
        };
        let appended = call.execute("suspend-accounting", suspend).await.map_err(known)?;
        Ok(Written { patient_id: Some(patient_id), ..Written::new(&appended) })
    })
    .await
}
