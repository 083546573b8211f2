//! `GET /v1/patients/{patient_id}/chart`

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::{Path, Query};
use daybook_access::{Action, Disclosed, Receipt};
use daybook_domain::history::MARK;
use daybook_projections::Chart;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::PatientPath;
use super::person::people;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::routes::Refusals;
use crate::shown::{Shown, plain};

/// Which moment to wait for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ChartQuery {
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// A patient's chart: every visit with its notes, consents, diagnoses, orders and charges, and what they say; and how much was
/// imported, which `/history` shows. Every order says whether it went out.
#[utoipa::path(
    tag = "patients",
    params(ChartQuery),
    responses((status = 200, description = "The chart.", body = ref("#/components/schemas/Chart")), Refusals)
)]
#[get("/v1/patients/{patient_id}/chart")]
pub async fn show_chart(
    path: Path<PatientPath>,
    caller: Caller,
    question: Query<ChartQuery>,
) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, patient) = (&caller.state, path.patient_id);
            query::wait_for(&caller, question.min_position).await?;
            let chart = state.views.chart(caller.clinic(), patient).await?;
            let known = chart.patient_registered.is_some();
            let resource = super::resource(&caller, patient, known).await?;
            let patients = if known { vec![patient] } else { Vec::new() };
            let receipt = state.access.read(&caller.asking(), Action::ReadChart, &resource, &patients).await;
            let receipt = receipt.map_err(|error| caller.hidden_if_denied(&resource, error))?;
            if !known {
                return Err(Problem::not_found());
            }
            let contents = contents(&caller, &receipt, &chart).await?;
            let mut shown = filled(&chart, contents)?;
            let counts = state.views.history_counts(caller.clinic(), patient).await?;
            shown["imported_history"] = json!({ "mark": MARK, "records": counts });
            shown["patient"] = json!(people(state, &receipt, &patients).await?.remove(&patient));
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

/// What the event of a charge has sealed.
const CHARGE: [&str; 8] =
    ["code", "modifiers", "amount_cents", "diagnoses", "payer", "place_of_service", "audio_only_reason", "rules"];

/// Opened payloads by position.
async fn contents(caller: &Caller, receipt: &Receipt, chart: &Chart) -> Result<BTreeMap<u64, Value>, Problem> {
    let mut positions = Vec::new();
    for visit in &chart.visits {
        positions.extend(visit.reason_position.into_iter().chain(visit.location_position));
        positions.extend(visit.intake.iter().map(|intake| intake.position));
        positions.extend(visit.notes.iter().map(|note| note.body_position));
        let corrections = visit.notes.iter().flat_map(|note| &note.corrections);
        positions.extend(corrections.flat_map(|correction| [correction.replaced_position, correction.position]));
        positions.extend(visit.notes.iter().filter_map(|note| Some(note.entered_in_error.as_ref()?.position)));
        positions.extend(visit.notes.iter().flat_map(|note| note.addenda.iter().map(|addendum| addendum.position)));
        positions.extend(visit.diagnoses.iter().map(|diagnosis| diagnosis.position));
        positions.extend(visit.orders.iter().flat_map(|order| [Some(order.position), order.signed_position]).flatten());
        let reviews = visit.results.iter().filter_map(|result| Some(result.review.as_ref()?.position));
        positions.extend(visit.results.iter().map(|result| result.position).chain(reviews));
        positions.extend(visit.charges.iter().map(|charge| charge.position));
        positions.extend(visit.no_charge.iter().map(|no_charge| no_charge.position));
    }
    let events = caller.state.ledger.read_positions(caller.clinic(), &positions).await?;
    let opened = caller.state.access.open(receipt, &events).await?;
    Ok(opened.into_iter().map(|event| (event.position, plain(event.payload))).collect())
}

/// The chart with each sealed value beside the position it came from.
fn filled(chart: &Chart, contents: BTreeMap<u64, Value>) -> Result<Value, Problem> {
    let mut shown = serde_json::to_value(chart).map_err(|_| Problem::internal())?;
    let put = |place: &mut Value, position: &str, names: &[&str]| {
        let Some(content) = place[position].as_u64().and_then(|position| contents.get(&position)) else { return };
        for name in names {
            place[*name] = content.get(*name).cloned().unwrap_or_default();
        }
    };
    for visit in list(&mut shown, "visits") {
        put(visit, "reason_position", &["reason"]);
        put(visit, "location_position", &["address"]);
        for note in list(visit, "notes") {
            put(note, "body_position", &["body"]);
            for correction in list(note, "corrections") {
                put(correction, "position", &["reason"]);
                put(correction, "replaced_position", &["body"]);
                correction["replaced_body"] = correction["body"].take();
                correction.as_object_mut().map(|correction| correction.remove("body"));
            }
            if note["entered_in_error"].is_object() {
                put(&mut note["entered_in_error"], "position", &["reason"]);
            }
            for addendum in list(note, "addenda") {
                put(addendum, "position", &["body"]);
            }
        }
        if visit["intake"].is_object() {
            put(&mut visit["intake"], "position", &["reason", "vitals", "medications", "allergies"]);
        }
        if visit["no_charge"].is_object() {
            put(&mut visit["no_charge"], "position", &["details"]);
        }
        for diagnosis in list(visit, "diagnoses") {
            put(diagnosis, "position", &["code", "description"]);
        }
        for order in list(visit, "orders") {
            put(order, "position", &["prescription", "lab_order"]);
            put(order, "signed_position", &["ground", "rules"]);
        }
        for result in list(visit, "results") {
            put(result, "position", &["result"]);
            if result["review"].is_object() {
                put(&mut result["review"], "position", &["action", "details"]);
            }
        }
        for charge in list(visit, "charges") {
            put(charge, "position", &CHARGE);
        }
    }
    Ok(shown)
}

fn list<'a>(value: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}
