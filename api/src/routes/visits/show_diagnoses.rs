//! `GET /v1/visits/{visit_id}/diagnoses`

use actix_web::{get, web::Path};
use daybook_access::{Action, Disclosed};
use daybook_domain::visit::{Diagnosis, Event, Visit};
use daybook_domain::{Rules, VisitId};
use daybook_ledger::{Loaded, Recorded};
use serde::Serialize;
use serde_json::Value;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{Refusals, VisitPath};
use crate::shown::{Shown, plain};
use crate::state::decode;

#[derive(Serialize)]
struct DiagnosesShown {
    visit_id: VisitId,
    diagnoses: Vec<DiagnosisShown>,
    /// The version of the visit that is shown.
    sequence: u64,
}

#[derive(Serialize)]
struct DiagnosisShown {
    #[serde(flatten)]
    diagnosis: Diagnosis,
    code: Value,
    description: Value,
}

/// What the patient has, by number: what charges point at.
///
/// Removed ones are listed too, and say so.
#[utoipa::path(
    tag = "diagnoses and orders",
    responses((status = 200, description = "The list.", body = ref("#/components/schemas/Diagnoses")), Refusals)
)]
#[get("/v1/visits/{visit_id}/diagnoses")]
pub async fn show_diagnoses(path: Path<VisitPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, clinic, visit_id) = (&caller.state, caller.clinic(), path.visit_id);
            let visit: Loaded<Visit> = caller.load(visit_id.0).await?;
            let receipt = caller.read_visit(Action::ReadDiagnoses, visit_id, &visit).await?;
            let events = state.ledger.read_stream(clinic, visit.stream(), 0).await?;
            let sequence = events.last().ok_or_else(Problem::not_found)?.sequence;
            let visit = Visit::replay(&decode::<Event>(&events)?);
            let recorded = |event: &&Recorded| event.event_type == "diagnosis-recorded";
            let sealed: Vec<Recorded> = events.iter().filter(recorded).cloned().collect();
            let opened = state.access.open(&receipt, &sealed).await?;
            // One event an entry, both in the order in which they were recorded.
            let diagnoses = visit.diagnoses().iter().zip(opened).map(|(diagnosis, event)| {
                let mut said = plain(event.payload);
                DiagnosisShown {
                    diagnosis: *diagnosis,
                    code: said["code"].take(),
                    description: said["description"].take(),
                }
            });
            let shown = DiagnosesShown { visit_id, diagnoses: diagnoses.collect(), sequence };
            Ok(Shown::disclosed(&Disclosed::new(&receipt, shown))?.version(sequence))
        })
        .await
}
