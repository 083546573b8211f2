//! `GET /v1/audit/integrity` and `GET /v1/audit/reconciliation`

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, Utc};
use daybook_access::Resource;
use daybook_audit::reports::{integrity_history, reconciliation};
use daybook_audit::{Form, reads};
use daybook_projections::Whose;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{period, receipt, whole};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;

/// From when to when, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct IntegrityQuery {
    /// From this time on; thirty days before `to` if absent.
    from: Option<DateTime<Utc>>,
    /// Up to this time, not including it; now if absent.
    to: Option<DateTime<Utc>>,
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// The log's backups and what came of restoring them, and who took parts of it away to be verified elsewhere.
#[utoipa::path(
    tag = "audit",
    params(IntegrityQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/integrity")]
pub async fn show_integrity_history(caller: Caller, question: Query<IntegrityQuery>) -> Result<Report, Problem> {
    let question = question.into_inner();
    caller
        .detached(move |caller| async move {
            let period = period(&caller, question.from, question.to)?;
            query::wait_for(&caller, question.min_position).await?;
            let receipt = receipt(&caller, &Resource::log(caller.principal.clinic)).await?;
            let found = whole(&caller, Whose::Everybody, period).await?;
            let size = caller.state.ledger.head(caller.clinic()).await?.map_or(0, |head| head.size);
            let kept = reads::safekeeping(&caller.state.ledger, caller.clinic()).await?;
            Report::of(&caller, &receipt, integrity_history(&found, &kept, period, size), question.form).await
        })
        .await
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationQuery {
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
}

/// What outside systems say happened and the log does not, and the other way round. No such system can be connected yet, and
/// the report says so.
#[utoipa::path(
    tag = "audit",
    params(ReconciliationQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/reconciliation")]
pub async fn show_reconciliation(caller: Caller, question: Query<ReconciliationQuery>) -> Result<Report, Problem> {
    let form = question.form;
    caller
        .detached(move |caller| async move {
            let receipt = receipt(&caller, &Resource::log(caller.principal.clinic)).await?;
            Report::of(&caller, &receipt, reconciliation(&[]), form).await
        })
        .await
}
