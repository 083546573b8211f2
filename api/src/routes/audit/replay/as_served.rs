//! `GET /v1/audit/visits/{visit_id}/as-served`

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_audit::replay::as_served::{as_served, protected};
use daybook_audit::replay::{Moment, ServedTo};
use daybook_domain::Code;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Looking;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{Refusals, VisitPath};
use crate::shown::Shown;

/// To whom, as of when, and why.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AsServedQuery {
    /// `patient` or `provider`.
    #[param(value_type = String)]
    to: ServedTo,
    /// As of this time, or this event of the visit: `2026-03-02T10:00:00Z`, or `7`; now if absent.
    #[param(value_type = Option<String>)]
    at: Option<Moment>,
    /// Why you look, as a code; it is recorded.
    #[param(value_type = String)]
    reason: Code,
}

/// What a patient or a provider was served of a visit, made again from the log by the program's present template.
///
/// It is no record of what was served, and says so.
#[utoipa::path(
    tag = "audit",
    params(VisitPath, AsServedQuery),
    responses((status = 200, description = "The reconstruction.", body = ref("#/components/schemas/AsServed")), Refusals)
)]
#[get("/v1/audit/visits/{visit_id}/as-served")]
pub async fn show_as_served(
    path: Path<VisitPath>,
    caller: Caller,
    question: Query<AsServedQuery>,
) -> Result<Shown, Problem> {
    let AsServedQuery { to, at, reason } = question.into_inner();
    caller
        .detached(move |caller| async move {
            let looking = Looking::at(&caller, path.visit_id, Some(reason)).await?;
            let happened = looking.found.until(at)?;
            let opened = looking.open(&caller, &protected(happened)).await?;
            let under = (&looking.receipt, &opened[..]);
            let told = as_served(&caller.state.ledger, &looking.found, (at, happened), to, under).await?;
            looking.shown(told)
        })
        .await
}
