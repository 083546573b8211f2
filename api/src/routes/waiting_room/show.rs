//! `GET /v1/waiting-room`

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, Utc};
use daybook_access::{Action, Disclosed, Resource};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::row::{self, RowShown};
use crate::caller::Caller;
use crate::live::{patients, positions};
use crate::problem::Problem;
use crate::query::{only_one, wait_for, written};
use crate::routes::Refusals;
use crate::shown::Shown;

/// At which moment.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WaitingRoomQuery {
    /// As it stood at this time.
    as_of: Option<DateTime<Utc>>,
    /// As it stood after the event at this position of the log.
    at_position: Option<u64>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// The room at a moment.
#[derive(Serialize)]
pub struct RoomShown<'a> {
    /// Position of the newest event in it; where a live stream goes on from.
    pub position: u64,
    /// The moment its times are counted to.
    pub as_of: DateTime<Utc>,
    /// In the order of the queue.
    pub rows: Vec<RowShown<'a>>,
}

/// Who is expected, here, waiting, on hold or with the provider, in which order and why.
#[utoipa::path(
    tag = "waiting room",
    params(WaitingRoomQuery),
    responses((status = 200, description = "The room.", body = ref("#/components/schemas/WaitingRoom")), Refusals)
)]
#[get("/v1/waiting-room")]
pub async fn show_waiting_room(caller: Caller, question: Query<WaitingRoomQuery>) -> Result<Shown, Problem> {
    let given = [question.as_of.is_some(), question.at_position.is_some(), question.min_position.is_some()];
    only_one(&given, "one of as_of, at_position and min_position")?;
    caller
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.clinic());
            let resource = Resource::waiting_room(caller.principal.clinic);
            // Before anything is looked up for somebody who may not see it.
            let _ = state.access.permit(&caller.asking(), Action::ReadWaitingRoom, &resource).await?;
            wait_for(&caller, question.min_position).await?;
            written(&caller, "at_position", question.at_position).await?;
            let at = match question.as_of {
                Some(time) => Some(state.ledger.position_at(clinic, time).await?.ok_or_else(Problem::not_found)?),
                None => question.at_position,
            };
            let room = state.views.waiting_room(clinic, at).await?;
            let patients = patients(&room.rows);
            let receipt = state.access.read(&caller.asking(), Action::ReadWaitingRoom, &resource, &patients).await?;
            let events = state.ledger.read_positions(clinic, &positions(&room.rows)).await?;
            let rows = row::open(state, &receipt, &room.rows, &events).await?;
            let shown = RoomShown { position: room.position, as_of: room.as_of, rows };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}
