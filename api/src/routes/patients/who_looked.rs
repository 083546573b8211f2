//! `GET /v1/patients/{patient_id}/who-looked`

use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Utc};
use daybook_audit::Form;
use daybook_audit::reports::{Staff, who_looked};
use daybook_domain::Clinic;
use daybook_ledger::Loaded;
use daybook_projections::Whose;
use serde::Deserialize;
use utoipa::IntoParams;

use super::PatientPath;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;
use crate::routes::audit::{limit, period, receipt};

/// From when to when, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhoLookedQuery {
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

/// Who looked at a patient's record, as the patient is told.
///
/// Staff is named as the clinic decided: by name, by role or not at all.
#[utoipa::path(
    tag = "patients",
    params(PatientPath, WhoLookedQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/patients/{patient_id}/who-looked")]
pub async fn show_who_looked(
    path: Path<PatientPath>,
    caller: Caller,
    question: Query<WhoLookedQuery>,
) -> Result<Report, Problem> {
    let limit = limit(question.limit)?;
    caller
        .detached(move |caller| async move {
            let (state, patient, question) = (&caller.state, path.patient_id, question.into_inner());
            let period = period(&caller, question.from, question.to)?;
            query::wait_for(&caller, question.min_position).await?;
            let known = state.views.registered(caller.clinic(), &[patient]).await?.contains_key(&patient);
            let resource = super::resource(&caller, patient, known).await?;
            let receipt = receipt(&caller, &resource).await?;
            if !known {
                return Err(Problem::not_found());
            }
            let clinic: Loaded<Clinic> = caller.load(caller.clinic()).await?;
            let providers = state.views.providers(caller.clinic()).await?;
            let named = |provider: &daybook_projections::ProviderEntry| provider.name.as_str().to_owned();
            let staff: Staff = providers.iter().map(|provider| (provider.provider_id.0, named(provider))).collect();
            let found =
                state.views.readings(caller.clinic(), Whose::Patient(patient), period, question.after, limit).await?;
            let table = who_looked(patient, &found, clinic.staff_naming(), &staff);
            Report::of(&caller, &receipt, table, question.form).await
        })
        .await
}
