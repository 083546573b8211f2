//! `POST /v1/providers/{provider_id}/licences/correct`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::provider::{Command, CorrectLicence, Provider};
use daybook_ledger::Loaded;

use super::ProviderPath;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Put right what was recorded of a licence.
///
/// What was recorded wrongly stays in the log.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/CorrectLicence"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/providers/{provider_id}/licences/correct")]
pub async fn correct_licence(path: Path<ProviderPath>, call: Call) -> Answer {
    let command = call.read::<CorrectLicence>()?;
    let provider = path.provider_id;
    call.detached(move |call| async move {
        let resource = Resource::provider(call.principal.clinic, provider);
        let permit = call.state.access.permit(&call.asking(), Action::CorrectLicence, &resource).await?;
        let correct = || async {
            let provider: Loaded<Provider> = call.load(provider.0).await?;
            Ok(call.intent(provider, Command::CorrectLicence(command.clone()), &permit.policies))
        };
        let appended = call.execute("correct-licence", correct).await.map_err(|problem| match problem.code {
            // Another clinic's provider is none of this one's.
            "not-registered" => Problem::not_found(),
            _ => problem,
        })?;
        Ok(Written { provider_id: Some(provider), ..Written::new(&appended) })
    })
    .await
}
