//! `POST /v1/visits/{visit_id}/orders/{order_id}/sign`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::visit::{Command, Event, OrderContent, SignOrder, SignOrderFacts};
use daybook_domain::{Clinic, OrderId, Private, Sha256Hex, VisitId};
use daybook_ledger::Loaded;
use daybook_ledger::append::Guard;
use schemars::JsonSchema;
use serde::Deserialize;

use super::show_order::of_order;
use crate::caller::Call;
use crate::command::Answer;
use crate::problem::Problem;
use crate::routes::{CommandAnswers, CommandHeaders, OrderPath};
use crate::visit::Permitted;

/// What the signer was shown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOrderRequest {
    /// The hash of the draft the signer was shown.
    content_sha256: Sha256Hex,
    /// The clinic's log position that was rendered to the signer.
    rendered_at_position: u64,
    /// Whether the signer examined the patient in person before. Needed for a controlled substance.
    examined_in_person: Option<Private<bool>>,
}

/// Sign the latest draft of an order.
///
/// From here on it never changes, and it stays `NOT SENT`. Refused with `order-changed` unless the hash is that of the latest
/// draft, and with `rendered-position-wrong` unless that draft can have been in what was shown. A prescription has to be for a diagnosis that stands. Whether a controlled substance may be prescribed in this
/// visit is decided by the rule of the day, and the order says by which; the draft is opened for that on the signer's
/// behalf, which is recorded like any reading. What the prescription says of being controlled is the prescriber's word, and
/// this is no signature in the sense of 21 CFR 1311.
#[utoipa::path(
    tag = "diagnoses and orders",
    request_body(content = ref("#/components/schemas/SignOrderRequest"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/orders/{order_id}/sign")]
pub async fn sign_order(path: Path<OrderPath>, call: Call) -> Answer {
    let SignOrderRequest { content_sha256, rendered_at_position, examined_in_person } = call.read()?;
    call.detached(move |call| async move {
        let (call, id, order_id) = (&call, path.visit_id, path.order_id);
        let command = &SignOrder { order_id, content_sha256, rendered_at_position, examined_in_person };
        call.on_visit(id, "sign-order", |visit| async move {
            let (facts, guard) = facts(call, id, order_id, &visit).await?;
            Ok(visit.intent(Command::SignOrder(command.clone(), facts)).relying_on([guard]))
        })
        .await
    })
    .await
}

/// What signing needs to know: the draft, opened for the signer, the clinic's day and the rules it may rely on; and the guard
/// that the clinic still relies on them when it is written.
async fn facts<const MAX: usize>(
    call: &Call<MAX>,
    visit_id: VisitId,
    order_id: OrderId,
    visit: &Permitted<'_, MAX>,
) -> Result<(SignOrderFacts, Guard), Problem> {
    let clinic: Loaded<Clinic> = call.load(call.clinic()).await?;
    let at = call.state.ledger.clock().now();
    let (mut draft, mut drafted_at) = (None, 0);
    if visit.orders().get(order_id).is_some() {
        let receipt = call.read_visit(Action::ReadOrders, visit_id, visit).await?;
        let mut events = of_order(&call.state.ledger.read_stream(call.clinic(), visit.stream(), 0).await?, order_id);
        events.retain(|event| event.event_type != "order-signed");
        let newest = events.split_off(events.len().saturating_sub(1));
        for opened in call.state.access.open(&receipt, &newest).await? {
            drafted_at = opened.position;
            draft = OrderContent::of(&opened.decode::<Event>()?).map(|(_, content, salt)| (content, salt));
        }
    }
    let on = clinic.time_zone().day(at);
    let newest = call.state.ledger.head(call.clinic()).await?.map_or(0, |head| head.size.saturating_sub(1));
    Ok((SignOrderFacts { draft, drafted_at, newest, on, reliance: clinic.reliance() }, clinic.guard()))
}
