//! `GET /v1/audit/access-reviews/{access_review_id}`

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_access::Resource;
use daybook_audit::Form;
use daybook_audit::reports::access_review;
use daybook_domain::AccessReview;
use daybook_ledger::Loaded;
use serde::Deserialize;
use utoipa::IntoParams;

use super::AccessReviewPath;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::report::Report;
use crate::routes::Refusals;
use crate::routes::audit::receipt;

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccessReviewQuery {
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
}

/// An access review, line by line: who used which role, when last, and what was decided of it.
#[utoipa::path(
    tag = "audit",
    params(AccessReviewPath, AccessReviewQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/access-reviews/{access_review_id}")]
pub async fn show_access_review(
    path: Path<AccessReviewPath>,
    caller: Caller,
    question: Query<AccessReviewQuery>,
) -> Result<Report, Problem> {
    let (id, form) = (path.access_review_id, question.form);
    caller
        .detached(move |caller| async move {
            let receipt = receipt(&caller, &Resource::log(caller.principal.clinic)).await?;
            let review: Loaded<AccessReview> = caller.load(id.0).await?;
            if !review.exists() {
                return Err(Problem::not_found());
            }
            Report::of(&caller, &receipt, access_review(&review), form).await
        })
        .await
}
