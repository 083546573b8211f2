//! `GET /v1/clinic`

use actix_web::get;
use actix_web::web::Query;
use daybook_access::{Action, Resource};
use daybook_projections::{ClinicEntry, ProviderEntry};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::routes::Refusals;
use crate::shown::Shown;

/// Which moment to wait for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ClinicQuery {
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

#[derive(Serialize)]
struct ClinicShown {
    #[serde(flatten)]
    clinic: ClinicEntry,
    providers: Vec<ProviderEntry>,
}

/// The clinic's record: name, time zone, providers and their licences.
#[utoipa::path(
    tag = "clinics",
    params(ClinicQuery),
    responses((status = 200, description = "The record.", body = ref("#/components/schemas/Clinic")), Refusals)
)]
#[get("/v1/clinic")]
pub async fn show_clinic(caller: Caller, question: Query<ClinicQuery>) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let resource = Resource::clinic(caller.principal.clinic);
            // Nothing is written, so the permit's policies are not either.
            let _ = caller.state.access.permit(&caller.asking(), Action::ReadClinic, &resource).await?;
            query::wait_for(&caller, question.min_position).await?;
            let views = &caller.state.views;
            let clinic = views.clinic(caller.clinic()).await?.ok_or_else(Problem::not_found)?;
            Shown::plain(&ClinicShown { clinic, providers: views.providers(caller.clinic()).await? })
        })
        .await
}
