//! `POST /v1/visits/{visit_id}/consents/proxy/withdraw`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, WithdrawProxyConsent};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// A proxy takes a consent back in the patient's place.
///
/// At any time, after the visit too, whoever had given it.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/WithdrawProxyConsent"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/consents/proxy/withdraw")]
pub async fn withdraw_proxy_consent(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<WithdrawProxyConsent>()?;
    call.detached(move |call| async move {
        let command = &command;
        call.on_visit(path.visit_id, "withdraw-proxy-consent", |visit| async move {
            let (facts, guards) = visit.proxy_facts(visit.authority_of(command.participant_id)).await?;
            Ok(visit.intent(Command::WithdrawProxyConsent(command.clone(), facts)).relying_on(guards))
        })
        .await
    })
    .await
}
