//! `GET /v1/usage`

use actix_web::get;
use actix_web::web::{Query, ServiceConfig};
use chrono::NaiveDate;
use daybook_access::{Action, Resource};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::routes::Refusals;
use crate::shown::Shown;

/// Longest stretch that is counted at once.
const MOST_DAYS: i64 = 366;

/// Registers the route.
pub fn configure(services: &mut ServiceConfig) {
    services.service(show_usage);
}

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UsageQuery {
    /// First day, counted in UTC.
    from: NaiveDate,
    /// Last day, counted in UTC; at most a year after the first.
    to: NaiveDate,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// How long people were connected to calls, by month, as whoever rents out the video bills it.
///
/// Every connection of every participant counts by itself. Connections whose end was not seen are counted to now, and their
/// number is told. No health information.
#[utoipa::path(
    tag = "billing",
    params(UsageQuery),
    responses((status = 200, description = "The usage.", body = ref("#/components/schemas/Usage")), Refusals)
)]
#[get("/v1/usage")]
pub async fn show_usage(caller: Caller, question: Query<UsageQuery>) -> Result<Shown, Problem> {
    let UsageQuery { from, to, min_position } = question.into_inner();
    if !(0..MOST_DAYS).contains(&(to - from).num_days()) {
        return Err(Problem::parameter("to", "a day not before `from` and within a year of it"));
    }
    caller
        .detached(move |caller| async move {
            let resource = Resource::clinic(caller.principal.clinic);
            // Nothing is written, so the permit's policies are not either.
            let _ = caller.state.access.permit(&caller.asking(), Action::ReadUsage, &resource).await?;
            query::wait_for(&caller, min_position).await?;
            let now = caller.state.ledger.clock().now();
            Shown::plain(&caller.state.views.usage(caller.clinic(), from, to, now).await?)
        })
        .await
}
