//! `GET /v1/audit/visits/{visit_id}`

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_audit::replay::{Moment, Told, queue};
use daybook_domain::Code;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Looking;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{Refusals, VisitPath};
use crate::shown::Shown;

/// Up to when, and why.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReplayQuery {
    /// Up to this time, or this event of the visit: `2026-03-02T10:00:00Z`, or `7`; everything if absent.
    #[param(value_type = Option<String>)]
    at: Option<Moment>,
    /// Why you look, as a code: what is protected is opened, for who may see it, and the reason is recorded. Sealed if absent.
    #[param(value_type = Option<String>)]
    reason: Option<Code>,
}

/// A visit, replayed: what was done in it and who looked, in one order and in words, and how it stood at a moment: state, queue,
/// people, consents, notes, orders, charges.
///
/// Also says what of it is not as it was written, as far as its own streams show it.
#[utoipa::path(
    tag = "audit",
    params(VisitPath, ReplayQuery),
    responses((status = 200, description = "The visit.", body = ref("#/components/schemas/Replay")), Refusals)
)]
#[get("/v1/audit/visits/{visit_id}")]
pub async fn show_replay(
    path: Path<VisitPath>,
    caller: Caller,
    question: Query<ReplayQuery>,
) -> Result<Shown, Problem> {
    let ReplayQuery { at, reason } = question.into_inner();
    caller
        .detached(move |caller| async move {
            let looking = Looking::at(&caller, path.visit_id, reason).await?;
            let (last, acts) = looking.acts(&caller, at).await?;
            let queue = queue((&caller.state.ledger, &caller.state.views), &looking.found, at, last).await?;
            looking.shown(Told::new(&looking.found, (at, last), acts, queue))
        })
        .await
}
