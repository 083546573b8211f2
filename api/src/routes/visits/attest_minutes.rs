//! `POST /v1/visits/{visit_id}/minutes`

use actix_web::{post, web::Path};
use daybook_domain::VisitId;
use daybook_domain::visit::{AttestMinutes, CallEvidence, CallTime, Command, Event};
use daybook_ledger::Stream;

use crate::caller::{Call, Caller};
use crate::command::Answer;
use crate::problem::Problem;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The provider attests how many minutes they spent on the visit on its day.
///
/// Codes chosen by time need them. What the log shows of the call is counted and recorded beside them, with the positions
/// of the observations; connections whose end was not seen are counted to the end of the visit.
#[utoipa::path(
    tag = "billing",
    request_body(content = ref("#/components/schemas/AttestMinutes"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/minutes")]
pub async fn attest_minutes(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<AttestMinutes>()?;
    call.detached(move |call| async move {
        let (call, command, id) = (&call, &command, path.visit_id);
        call.on_visit(id, "attest-minutes", |visit| async move {
            let evidence = evidence(call, id).await?;
            Ok(visit.intent(Command::AttestMinutes(command.clone(), evidence)))
        })
        .await
    })
    .await
}

/// What the visit's stream shows of the call.
async fn evidence(caller: &Caller, visit: VisitId) -> Result<CallEvidence, Problem> {
    let stream = Stream::new("visit", visit.0);
    let events = caller.state.ledger.read_stream(caller.clinic(), &stream, 0).await?;
    let (mut time, mut until) = (CallTime::default(), caller.state.ledger.clock().now());
    for recorded in &events {
        let event = recorded.decode::<Event>()?;
        time.observe(recorded.position, &event);
        if matches!(event, Event::Ended(_)) {
            until = recorded.recorded_at;
        }
    }
    Ok(time.evidence(until))
}
