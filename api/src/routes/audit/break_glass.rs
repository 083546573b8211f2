//! `GET /v1/audit/break-glass`

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, Utc};
use daybook_access::Resource;
use daybook_audit::Form;
use daybook_audit::reports::{broken_glasses, is_through};
use daybook_projections::Whose;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{MOST, period, receipt};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;

/// How many of them in one answer: for each its reads are looked up.
const MOST_GLASSES: u32 = 100;

/// From when to when, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BreakGlassQuery {
    /// Broken from this time on; thirty days before `to` if absent.
    from: Option<DateTime<Utc>>,
    /// Broken before this time; now if absent.
    to: Option<DateTime<Utc>>,
    /// What comes after this position, as `more_after` gave it.
    after: Option<u64>,
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// Every time somebody broke the glass, how often they then looked, and what the review found.
#[utoipa::path(
    tag = "audit",
    params(BreakGlassQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/break-glass")]
pub async fn show_broken_glass(caller: Caller, question: Query<BreakGlassQuery>) -> Result<Report, Problem> {
    let question = question.into_inner();
    caller
        .detached(move |caller| async move {
            let (views, clinic) = (&caller.state.views, caller.principal.clinic);
            let period = period(&caller, question.from, question.to)?;
            query::wait_for(&caller, question.min_position).await?;
            let receipt = receipt(&caller, &Resource::log(clinic)).await?;
            let found = views.glasses(clinic.0, period, question.after, MOST_GLASSES).await?;
            let mut looks = BTreeMap::new();
            for glass in &found.glasses {
                let (whose, while_it_lasted) = (Whose::Patient(glass.patient_id), (glass.broken_at, glass.until));
                let readings = views.readings(clinic.0, whose, while_it_lasted, None, MOST).await?;
                // Of more than can be counted here, none are told.
                if readings.more_after.is_none() {
                    let through = readings.readings.iter().filter(|reading| is_through(glass, reading)).count();
                    looks.insert(glass.glass_id, through as u64);
                }
            }
            Report::of(&caller, &receipt, broken_glasses(&found, &looks), question.form).await
        })
        .await
}
