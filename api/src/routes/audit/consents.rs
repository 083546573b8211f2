//! `GET /v1/audit/consents`

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, Utc};
use daybook_access::Resource;
use daybook_audit::Form;
use daybook_audit::reports::consent_history;
use daybook_domain::visit::Event;
use daybook_domain::{PatientId, VisitId};
use daybook_ledger::Stream;
use serde::Deserialize;
use utoipa::IntoParams;

use super::receipt;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;

/// Whose, as of which time, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ConsentsQuery {
    /// The patient.
    #[param(value_type = uuid::Uuid)]
    patient: PatientId,
    /// As it stood at this time; now if absent.
    at: Option<DateTime<Utc>>,
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// What a patient consented to, declined and took back, visit by visit, and what stood at a time.
#[utoipa::path(
    tag = "audit",
    params(ConsentsQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/consents")]
pub async fn show_consent_history(caller: Caller, question: Query<ConsentsQuery>) -> Result<Report, Problem> {
    let question = question.into_inner();
    caller
        .detached(move |caller| async move {
            let (state, clinic, patient) = (&caller.state, caller.principal.clinic, question.patient);
            query::wait_for(&caller, question.min_position).await?;
            let known = state.views.registered(clinic.0, &[patient]).await?.contains_key(&patient);
            let resource = Resource::patient(clinic, patient, None);
            let resource = if known { resource } else { Resource { patient: None, ..resource } };
            let receipt = receipt(&caller, &resource).await?;
            if !known {
                return Err(Problem::not_found());
            }
            let mut visits: Vec<(VisitId, Vec<_>)> = Vec::new();
            for visit in state.views.visits_of(clinic.0, patient).await? {
                let stream = Stream::new("visit", visit.visit_id.0);
                let recorded = state.ledger.read_stream(clinic.0, &stream, 0).await?;
                let decoded = recorded.into_iter().map(|act| act.decode::<Event>().map(|event| (act, event)));
                visits.push((visit.visit_id, decoded.collect::<Result<_, _>>()?));
            }
            visits
                .sort_by_key(|(_, acts)| acts.first().map(|(act, _): &(daybook_ledger::Recorded, Event)| act.position));
            let at = question.at.unwrap_or_else(|| state.ledger.clock().now());
            Report::of(&caller, &receipt, consent_history(patient, &visits, at), question.form).await
        })
        .await
}
