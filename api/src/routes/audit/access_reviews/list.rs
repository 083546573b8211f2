//! `GET /v1/audit/access-reviews`

use actix_web::get;
use actix_web::web::Query;
use daybook_access::Resource;
use daybook_audit::Form;
use daybook_audit::reports::access_reviews;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;
use crate::routes::audit::receipt;

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccessReviewsQuery {
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// The clinic's access reviews, the newest first, and how far each has come.
#[utoipa::path(
    tag = "audit",
    params(AccessReviewsQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/access-reviews")]
pub async fn list_access_reviews(caller: Caller, question: Query<AccessReviewsQuery>) -> Result<Report, Problem> {
    let question = question.into_inner();
    caller
        .detached(move |caller| async move {
            query::wait_for(&caller, question.min_position).await?;
            let receipt = receipt(&caller, &Resource::log(caller.principal.clinic)).await?;
            let (position, reviews) = caller.state.views.access_reviews(caller.clinic()).await?;
            Report::of(&caller, &receipt, access_reviews(position, &reviews), question.form).await
        })
        .await
}
