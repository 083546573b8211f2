//! `GET /v1/audit/projections` and `POST /v1/audit/projections/rebuild`

use actix_web::web::Query;
use actix_web::{get, post};
use daybook_access::Action;
use daybook_projections::{Selection, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::going_over;
use crate::caller::{Call, Caller};
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// What would be right.
const NAME: &str = "the name of a read model";

/// Of which read model.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ProjectionsQuery {
    /// The read model's name, such as `waiting_room`; all of them if absent.
    projection: Option<String>,
}

#[derive(Serialize)]
struct Compared {
    projections: Vec<daybook_projections::Comparison>,
}

/// Holds the clinic's read models against its log, and shows each row that is not what the log says.
///
/// The log is folded once more, into tables of its own; readers and writers go on meanwhile.
#[utoipa::path(
    tag = "audit",
    params(ProjectionsQuery),
    responses((status = 200, description = "Each read model, and where it differs.", body = ref("#/components/schemas/Projections")), Refusals)
)]
#[get("/v1/audit/projections")]
pub async fn compare_projections(caller: Caller, question: Query<ProjectionsQuery>) -> Result<Shown, Problem> {
    let view = question.projection.as_deref().map(View::named).transpose();
    let view = view.map_err(|_| Problem::parameter("projection", NAME))?;
    caller
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.clinic());
            let check = going_over(&caller, Action::ReadLogEntries).await?;
            let selection = Selection { clinic: Some(clinic), view };
            let projections = check.compare(&state.ledger, &selection).await?;
            Shown::plain(&Compared { projections })
        })
        .await
}

/// What is built again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RebuildRequest {
    /// The read model's name, such as `waiting_room`; all of them if absent.
    projection: Option<String>,
}

/// Builds the clinic's read models again from its log.
///
/// For compliance officers; nothing of the record changes. The rows there are go on being read, and being kept in step with the log,
/// until the new ones stand. The answer comes then: of a log with millions of events that takes many seconds.
#[utoipa::path(
    tag = "audit",
    request_body(content = ref("#/components/schemas/RebuildRequest"), content_type = "application/json"),
    responses(
        (status = 200, description = "What was built.", body = ref("#/components/schemas/Rebuilt")),
        (status = 422, description = "The body does not fit.", body = ref("#/components/schemas/Problem")),
        Refusals
    )
)]
#[post("/v1/audit/projections/rebuild")]
pub async fn rebuild_projections(call: Call) -> Result<Shown, Problem> {
    let RebuildRequest { projection } = call.read()?;
    let view = projection.as_deref().map(View::named).transpose();
    let view = view.map_err(|_| Problem::misfit("projection", NAME))?;
    Caller::clone(&call)
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.clinic());
            let check = going_over(&caller, Action::RebuildProjections).await?;
            let selection = Selection { clinic: Some(clinic), view };
            Shown::plain(&check.rebuild(&state.ledger, &selection).await?)
        })
        .await
}
