//! `GET /v1/alarms`

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::Query;
use daybook_access::{Action, Disclosed, Opened, Resource};
use daybook_domain::PatientId;
use daybook_projections::Alarm;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::wait_for;
use crate::routes::Refusals;
use crate::routes::patients::person::{Person, people};
use crate::shown::{Shown, plain};

/// Which moment to wait for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AlarmsQuery {
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

#[derive(Serialize)]
struct AlarmsShown {
    /// Position of the newest event in it.
    position: u64,
    /// The oldest first.
    alarms: Vec<AlarmShown>,
}

/// What whoever sends help has to know.
#[derive(Serialize)]
struct AlarmShown {
    #[serde(flatten)]
    alarm: Alarm,
    patient: Option<Person>,
    kind: Value,
    details: Value,
    address: Value,
    callback_number: Value,
    emergency_contact: Value,
}

/// Open emergencies of the clinic's visits, the oldest first, with where help is to go and whom to call.
///
/// At most 200. An emergency is listed until it is closed, whatever became of its visit.
#[utoipa::path(
    tag = "waiting room",
    params(AlarmsQuery),
    responses((status = 200, description = "The alarms.", body = ref("#/components/schemas/Alarms")), Refusals)
)]
#[get("/v1/alarms")]
pub async fn list_alarms(caller: Caller, question: Query<AlarmsQuery>) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.clinic());
            let resource = Resource::waiting_room(caller.principal.clinic);
            // Before anything is looked up for somebody who may not see it.
            let _ = state.access.permit(&caller.asking(), Action::ReadAlarms, &resource).await?;
            wait_for(&caller, question.min_position).await?;
            let found = state.views.alarms(clinic).await?;
            let patients: Vec<PatientId> = found.alarms.iter().map(|alarm| alarm.patient_id).collect();
            let receipt = state.access.read(&caller.asking(), Action::ReadAlarms, &resource, &patients).await?;
            let people = people(state, &receipt, &patients).await?;
            let positions: Vec<u64> = found.alarms.iter().flat_map(positions).collect();
            let events = state.ledger.read_positions(clinic, &positions).await?;
            let opened = state.access.open(&receipt, &events).await?;
            let said: BTreeMap<u64, Value> = opened.into_iter().map(payload).collect();
            let value = |position: Option<u64>, name: &str| {
                let said = position.and_then(|position| said.get(&position));
                said.and_then(|said| said.get(name)).cloned().unwrap_or_default()
            };
            let alarms = found.alarms.into_iter().map(|alarm| AlarmShown {
                patient: people.get(&alarm.patient_id).cloned(),
                kind: value(Some(alarm.position), "kind"),
                details: value(Some(alarm.position), "details"),
                address: value(alarm.location_position, "address"),
                callback_number: value(alarm.callback_position, "number"),
                emergency_contact: value(alarm.contact_position, "contact"),
                alarm,
            });
            let shown = AlarmsShown { position: found.position, alarms: alarms.collect() };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

/// Positions of the sealed events an alarm speaks of.
fn positions(alarm: &Alarm) -> Vec<u64> {
    let Alarm { position, location_position, callback_position, contact_position, .. } = alarm;
    [Some(*position), *location_position, *callback_position, *contact_position].into_iter().flatten().collect()
}

fn payload(event: Opened) -> (u64, Value) {
    (event.position, plain(event.payload))
}
