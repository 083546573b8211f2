//! `POST /v1/visits/{visit_id}/consents/give`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, GiveConsent};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The patient consents.
///
/// Recorded with the version of the text they were shown. A minor, by the rules where they are on the day of the visit, needs
/// a proxy, or names a service to which a rule lets them consent alone.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/GiveConsent"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/consents/give")]
pub async fn give_consent(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<GiveConsent>()?;
    call.detached(move |call| async move {
        let command = &command;
        call.on_visit(path.visit_id, "give-consent", |visit| async move {
            let (facts, guards) = visit.consent_facts(command.service.map(|service| service.0)).await?;
            Ok(visit.intent(Command::GiveConsent(command.clone(), facts)).relying_on(guards))
        })
        .await
    })
    .await
}
