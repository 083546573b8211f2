//! `GET /v1/clinics/{clinic_id}/log/tile/{tile}`

use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, get, web};
use daybook_access::{Action, Resource};
use daybook_domain::ClinicId;
use daybook_ledger::merkle::TilePath;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::State;

/// Which tile of which log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TilePathOfLog {
    /// The clinic.
    #[param(value_type = uuid::Uuid)]
    clinic_id: ClinicId,
    /// `<level>/<N>`, or `entries/<N>` with a token; N in groups of three digits, partial tiles with `.p/<width>`.
    tile: String,
}

/// A tile of a clinic's log (C2SP tlog-tiles).
///
/// Hash tiles are public. Entry bundles need a token of someone who may read the log.
#[utoipa::path(
    tag = "log",
    security((), ("token" = [])),
    responses((status = 200, description = "The tile.", content_type = "application/octet-stream"))
)]
#[get("/v1/clinics/{clinic_id}/log/tile/{tile:.*}")]
pub async fn show_tile(
    path: web::Path<TilePathOfLog>,
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let tile: TilePath = path.tile.parse().map_err(|_| {
        Problem::parameter(
            "tile",
            "the canonical path of a tile: <level>/<N> or entries/<N>, N in groups of three digits",
        )
    })?;
    let public = tile.level.is_some();
    if !public {
        let caller = Caller::extract(&request).await?;
        let resource = Resource::log(path.clinic_id);
        // Nothing is written, so the permit's policies are not either.
        let _ = caller.state.access.permit(&caller.asking(), Action::ReadLogEntries, &resource).await?;
    }
    let bytes = state.ledger.tile(path.clinic_id.0, tile).await?.ok_or_else(Problem::not_found)?;
    let cache = match (public, tile.width) {
        (true, None) => "public, max-age=31536000, immutable",
        (true, Some(_)) => "public, max-age=60",
        (false, _) => "private, no-store",
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "application/octet-stream"));
    response.insert_header((header::CACHE_CONTROL, cache));
    Ok(response.body(bytes))
}
