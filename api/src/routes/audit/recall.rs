//! `GET /v1/audit/recall`

use actix_web::get;
use actix_web::web::Query;
use daybook_access::Resource;
use daybook_audit::reports::{Received, recall, stood, superseded_versions};
use daybook_audit::{Form, reads};
use daybook_domain::patient::{self, DisclosureMade};
use daybook_domain::visit::Event;
use daybook_domain::{NoteId, Rules, Visit, VisitId};
use daybook_ledger::Stream;
use daybook_projections::Whose;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{receipt, whole};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;

/// Of which visit, or which note of it, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RecallQuery {
    /// The visit.
    #[param(value_type = uuid::Uuid)]
    visit: VisitId,
    /// Only this note of it.
    #[param(value_type = Option<uuid::Uuid>)]
    note: Option<NoteId>,
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// Who read or received a version of a note that was later corrected, added to or entered in error.
///
/// Reads and exports from the record of access, and the patient's disclosures that name the visit. To whom something was
/// disclosed is sealed and not shown here: the disclosure's id leads to it.
#[utoipa::path(
    tag = "audit",
    params(RecallQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/recall")]
pub async fn show_recall(caller: Caller, question: Query<RecallQuery>) -> Result<Report, Problem> {
    let question = question.into_inner();
    caller
        .detached(move |caller| async move {
            let (ledger, clinic) = (&caller.state.ledger, caller.clinic());
            query::wait_for(&caller, question.min_position).await?;
            let recorded = ledger.read_stream(clinic, &Stream::new("visit", question.visit.0), 0).await?;
            let acts: Vec<_> = recorded
                .into_iter()
                .map(|act| Ok((act.decode::<Event>()?, act)))
                .map(|it: Result<_, Problem>| it.map(|(event, act)| (act, event)))
                .collect::<Result<_, _>>()?;
            let events: Vec<Event> = acts.iter().map(|(_, event)| event.clone()).collect();
            let visit = Visit::replay(&events);
            let resource = Resource::visit(caller.principal.clinic, question.visit, &visit);
            let receipt = receipt(&caller, &resource).await?;
            let patient = visit.patient().ok_or_else(Problem::not_found)?;
            let versions = superseded_versions(&acts, question.note);
            // Everybody's: an export of a time or of the whole log names no patient.
            let readings = match stood(&versions) {
                Some(period) => whole(&caller, Whose::Everybody, period).await?.readings,
                None => Vec::new(),
            };
            let exports = reads::exports(ledger, clinic, &readings).await?;
            let record = ledger.read_stream(clinic, &Stream::new("patient", patient.0), 0).await?;
            let disclosures: Vec<DisclosureMade> = record
                .iter()
                .filter_map(|event| match event.decode() {
                    Ok(patient::Event::DisclosureMade(made)) => Some(made),
                    _ => None,
                })
                .collect();
            let zone = caller.time_zone().await?;
            let table =
                recall((question.visit, patient), &versions, &Received { readings, exports }, &disclosures, &zone);
            Report::of(&caller, &receipt, table, question.form).await
        })
        .await
}
