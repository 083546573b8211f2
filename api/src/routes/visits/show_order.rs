//! `GET /v1/visits/{visit_id}/orders/{order_id}`

use actix_web::{get, web::Path};
use daybook_access::{Action, Disclosed, Opened};
use daybook_domain::visit::{Event, Order, OrderKind, Visit};
use daybook_domain::{OrderId, Rules};
use daybook_ledger::{Loaded, Recorded};
use serde::Serialize;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::{OrderPath, Refusals};
use crate::shown::{Shown, plain};
use crate::state::decode;

#[derive(Serialize)]
struct OrderContentShown {
    order_id: OrderId,
    /// With `transmission`: `NOT SENT` unless it was.
    #[serde(flatten)]
    order: Order,
    /// What the newest draft says; of a signed order, what was signed.
    content: Value,
    /// On which ground a controlled substance was signed, and by which rules; null of anything else.
    ground: Value,
    rules: Value,
    /// What came of a lab order, oldest first: how it was entered, what it says, and who reviewed it, if anybody has.
    results: Vec<Value>,
    /// What to name as `rendered_at_position` when signing.
    rendered_at_position: u64,
}

/// What an order says, and whether it went out.
///
/// A signer signs `content_sha256` as shown here, and names `rendered_at_position`.
#[utoipa::path(
    tag = "diagnoses and orders",
    responses((status = 200, description = "The order.", body = ref("#/components/schemas/OrderContent")), Refusals)
)]
#[get("/v1/visits/{visit_id}/orders/{order_id}")]
pub async fn show_order(path: Path<OrderPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let (state, clinic, id) = (&caller.state, caller.clinic(), path.visit_id);
            let visit: Loaded<Visit> = caller.load(id.0).await?;
            let receipt = caller.read_visit(Action::ReadOrders, id, &visit).await?;
            // Read after the fact of reading, as of notes: what stood in the log by then is in what the signer is shown.
            let events = state.ledger.read_stream(clinic, visit.stream(), 0).await?;
            let visit = Visit::replay(&decode::<Event>(&events)?);
            let order = visit.orders().get(path.order_id).ok_or_else(Problem::not_found)?.clone();
            let name = match order.kind {
                OrderKind::Prescription => "prescription",
                OrderKind::LabOrder => "lab_order",
            };
            let (mut content, mut ground, mut rules) = (Value::Null, Value::Null, Value::Null);
            for event in state.access.open(&receipt, &of_order(&events, path.order_id)).await? {
                let mut said = plain(event.payload);
                match event.event_type.as_str() {
                    "order-signed" => (ground, rules) = (said["ground"].take(), said["rules"].take()),
                    _ => content = said[name].take(),
                }
            }
            let results = results(&state.access.open(&receipt, &results_of(&events, path.order_id)).await?);
            let newest = events.last().map_or(0, |event| event.position);
            let rendered_at_position = receipt.position().unwrap_or(newest);
            let order_id = path.order_id;
            let shown = OrderContentShown { order_id, order, content, ground, rules, results, rendered_at_position };
            Shown::disclosed(&Disclosed::new(&receipt, shown))
        })
        .await
}

/// The drafts and the signature of an order, oldest first.
pub(super) fn of_order(events: &[Recorded], order: OrderId) -> Vec<Recorded> {
    of_kinds(events, order, &["prescription-drafted", "lab-order-drafted", "order-signed"])
}

/// What came of it, and was reviewed, oldest first.
fn results_of(events: &[Recorded], order: OrderId) -> Vec<Recorded> {
    of_kinds(events, order, &["result-received", "result-reviewed"])
}

/// Each result with its review beside it.
fn results(opened: &[Opened]) -> Vec<Value> {
    let mut results: Vec<Value> = Vec::new();
    for event in opened {
        let mut said = plain(event.payload.clone());
        if event.event_type == "result-received" {
            (said["received_at"], said["review"]) = (json!(event.recorded_at), Value::Null);
            results.push(said);
        } else if let Some(result) = results.iter_mut().find(|result| result["result_id"] == said["result_id"]) {
            said["reviewed_at"] = json!(event.recorded_at);
            result["review"] = said;
        }
    }
    results
}

fn of_kinds(events: &[Recorded], order: OrderId, kinds: &[&str]) -> Vec<Recorded> {
    let payload = |event: &Recorded| serde_json::from_slice::<Value>(&event.payload).unwrap_or_default();
    let of_it =
        |event: &&Recorded| kinds.contains(&event.event_type.as_str()) && payload(event)["order_id"] == json!(order);
    events.iter().filter(of_it).cloned().collect()
}
