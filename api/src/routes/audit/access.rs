//! `GET /v1/audit/access`

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, Utc};
use daybook_access::Resource;
use daybook_audit::Form;
use daybook_audit::reports::accesses;
use daybook_domain::PatientId;
use daybook_projections::Whose;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{limit, period, receipt};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;

/// Whose, from when to when, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccessQuery {
    /// Only what this patient was in.
    #[param(value_type = Option<uuid::Uuid>)]
    patient: Option<PatientId>,
    /// Only what this reader did: a subject at the identity provider. Not together with `patient`.
    reader: Option<String>,
    /// From this time on; thirty days before `to` if absent.
    from: Option<DateTime<Utc>>,
    /// Up to this time, not including it; now if absent.
    to: Option<DateTime<Utc>>,
    /// What comes after this position, as `more_after` gave it.
    after: Option<u64>,
    /// How many rows, 1 to 1000; 200 if absent.
    limit: Option<u32>,
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// Who was shown what, and who was turned away, by patient, by reader, or all of it.
///
/// One row a fact, oldest first, as it was recorded before anything was shown.
#[utoipa::path(
    tag = "audit",
    params(AccessQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/access")]
pub async fn show_accesses(caller: Caller, question: Query<AccessQuery>) -> Result<Report, Problem> {
    let question = question.into_inner();
    query::only_one(&[question.patient.is_some(), question.reader.is_some()], "patient or reader, not both")?;
    let limit = limit(question.limit)?;
    caller
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.principal.clinic);
            let period = period(&caller, question.from, question.to)?;
            query::wait_for(&caller, question.min_position).await?;
            let resource = match question.patient {
                Some(patient) => {
                    let known = state.views.registered(clinic.0, &[patient]).await?.contains_key(&patient);
                    let resource = Resource::patient(clinic, patient, None);
                    if known { resource } else { Resource { patient: None, ..resource } }
                }
                None => Resource::log(clinic),
            };
            let receipt = receipt(&caller, &resource).await?;
            if question.patient.is_some() && resource.patient.is_none() {
                return Err(Problem::not_found());
            }
            let (whose, title) = match (question.patient, &question.reader) {
                (Some(patient), _) => (Whose::Patient(patient), format!("Access to the record of patient {patient}")),
                (None, Some(reader)) => (Whose::Reader(reader), format!("What {reader} was shown")),
                (None, None) => (Whose::Everybody, "Access to health information".to_owned()),
            };
            let found = state.views.readings(clinic.0, whose, period, question.after, limit).await?;
            Report::of(&caller, &receipt, accesses(&title, &found), question.form).await
        })
        .await
}
