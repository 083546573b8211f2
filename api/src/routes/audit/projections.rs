//! `GET /v1/audit/projections`

use actix_web::get;
use actix_web::web::Query;
use daybook_projections::{Selection, View};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::going_over;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

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
/// The log is folded once more, into tables of its own; readers and writers go on meanwhile. Building read models again is not
/// done here: whoever audits changes nothing, and an operator has `daybook-replay projections rebuild`.
#[utoipa::path(
    tag = "audit",
    params(ProjectionsQuery),
    responses((status = 200, description = "Each read model, and where it differs.", body = ref("#/components/schemas/Projections")), Refusals)
)]
#[get("/v1/audit/projections")]
pub async fn compare_projections(caller: Caller, question: Query<ProjectionsQuery>) -> Result<Shown, Problem> {
    let view = question.projection.as_deref().map(View::named).transpose();
    let view = view.map_err(|_| Problem::parameter("projection", "the name of a read model"))?;
    caller
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.clinic());
            let check = going_over(&caller).await?;
            let selection = Selection { clinic: Some(clinic), view };
            let projections = check.compare(&state.ledger, &selection).await?;
            Shown::plain(&Compared { projections })
        })
        .await
}
