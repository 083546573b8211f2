//! `GET /v1/patients/{patient_id}`

use actix_web::{get, web::Path};
use daybook_access::{Action, Disclosed};
use daybook_domain::PatientId;
use daybook_ledger::Stream;
use schemars::JsonSchema;
use serde::Serialize;

use super::PatientPath;
use super::person::{Person, says_who};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// A patient's record.
#[derive(Serialize, JsonSchema)]
pub struct PatientShown {
    /// The patient.
    patient_id: PatientId,
    #[serde(flatten)]
    person: Person,
    /// The record's version.
    sequence: u64,
    /// Position in the clinic's log of its newest event.
    position: u64,
}

/// Who a patient is and how to reach them.
#[utoipa::path(
    tag = "patients",
    responses((status = 200, description = "The record.", body = ref("#/components/schemas/PatientShown")), Refusals)
)]
#[get("/v1/patients/{patient_id}")]
pub async fn show_patient(path: Path<PatientPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, patient) = (&caller.state, path.patient_id);
            let events = state.ledger.read_stream(caller.clinic(), &Stream::new("patient", patient.0), 0).await?;
            let resource = super::resource(&caller, patient, !events.is_empty()).await?;
            let patients = if events.is_empty() { Vec::new() } else { vec![patient] };
            let receipt = state.access.read(&caller.asking(), Action::ReadPatient, &resource, &patients).await;
            let receipt = receipt.map_err(|error| caller.hidden_if_denied(&resource, error))?;
            let newest = events.last().map(|event| (event.sequence, event.position)).ok_or_else(Problem::not_found)?;
            let mut opened = state.access.open(&receipt, &events).await?;
            opened.retain(|event| says_who(&event.event_type));
            let opened = opened.pop().ok_or_else(Problem::not_found)?;
            let (sequence, position) = newest;
            let shown = PatientShown { patient_id: patient, person: Person::of(opened), sequence, position };
            Ok(Shown::disclosed(&Disclosed::new(&receipt, shown))?.version(sequence))
        })
        .await
}
