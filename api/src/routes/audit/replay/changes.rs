//! `GET /v1/audit/visits/{visit_id}/changes`

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_audit::replay::{Between, Moment, diff};
use daybook_domain::Code;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Looking;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{Refusals, VisitPath};
use crate::shown::Shown;

/// Between which two moments, and why.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChangesQuery {
    /// After this time, or this event of the visit: `2026-03-02T10:00:00Z`, or `7`.
    #[param(value_type = String)]
    from: Moment,
    /// Up to this one; everything since if absent.
    #[param(value_type = Option<String>)]
    to: Option<Moment>,
    /// Why you look, as a code: what is protected is opened, for who may see it, and the reason is recorded. Sealed if absent.
    #[param(value_type = Option<String>)]
    reason: Option<Code>,
}

/// What happened in a visit between two moments, and what was another after it, field by field.
#[utoipa::path(
    tag = "audit",
    params(VisitPath, ChangesQuery),
    responses((status = 200, description = "The difference.", body = ref("#/components/schemas/Changes")), Refusals)
)]
#[get("/v1/audit/visits/{visit_id}/changes")]
pub async fn show_changes(
    path: Path<VisitPath>,
    caller: Caller,
    question: Query<ChangesQuery>,
) -> Result<Shown, Problem> {
    let ChangesQuery { from, to, reason } = question.into_inner();
    caller
        .detached(move |caller| async move {
            let looking = Looking::at(&caller, path.visit_id, reason).await?;
            let (last, acts) = looking.acts(&caller, to).await?;
            let before = diff::before(from, &looking.found.acts, &acts)?;
            looking.shown(Between::new(before, &looking.found, (to, last), acts))
        })
        .await
}
