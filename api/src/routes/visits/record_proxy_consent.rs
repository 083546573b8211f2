//! `POST /v1/visits/{visit_id}/consents/proxy`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordProxyConsent};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// A proxy answers in the patient's place.
///
/// Recorded by staff before whom the proxy was identified. The proxy's authority must cover consent and stand on the clinic's day.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordProxyConsent"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/consents/proxy")]
pub async fn record_proxy_consent(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordProxyConsent>()?;
    call.detached(move |call| async move {
        let command = &command;
        call.on_visit(path.visit_id, "record-proxy-consent", |visit| async move {
            let (facts, guards) = visit.proxy_facts(visit.authority_of(command.participant_id)).await?;
            Ok(visit.intent(Command::RecordProxyConsent(command.clone(), facts)).relying_on(guards))
        })
        .await
    })
    .await
}
