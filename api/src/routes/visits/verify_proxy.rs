//! `POST /v1/visits/{visit_id}/proxies`

use actix_web::{post, web::Path};
use daybook_domain::ParticipantId;
use daybook_domain::visit::{Command, NewParticipant, VerifyProxy};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Staff made sure who acts for the patient.
///
/// The patient's record must name them, with an authority that stands on the clinic's day; a parent acts for a minor only.
/// The answer names the proxy as a participant of this visit. Their authority is asked for anew each time they act.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/VerifyProxy"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/proxies")]
pub async fn verify_proxy(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<VerifyProxy>()?;
    call.detached(move |call| async move {
        let new = NewParticipant { participant_id: ParticipantId(call.state.ledger.ids().public()) };
        let command = &command;
        call.on_visit_with_parts(path.visit_id, "verify-proxy", |visit| async move {
            let (facts, guards) = visit.proxy_facts(Some(command.authority_id)).await?;
            Ok(visit.intent(Command::VerifyProxy(command.clone(), facts, new)).relying_on(guards))
        })
        .await
    })
    .await
}
