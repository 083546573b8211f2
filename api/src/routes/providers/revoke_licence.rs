//! `POST /v1/providers/{provider_id}/licences/revoke`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::provider::{Command, Provider, RevokeLicence};
use daybook_ledger::Loaded;

use super::ProviderPath;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Record that a licence no longer stands from a day on.
///
/// Admissions from that day on are refused; what was done before stands.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/RevokeLicence"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/providers/{provider_id}/licences/revoke")]
pub async fn revoke_licence(path: Path<ProviderPath>, call: Call) -> Answer {
    let command = call.read::<RevokeLicence>()?;
    let provider = path.provider_id;
    call.detached(move |call| async move {
        let resource = Resource::provider(call.principal.clinic, provider);
        let permit = call.state.access.permit(&call.asking(), Action::RevokeLicence, &resource).await?;
        let revoke = || async {
            let provider: Loaded<Provider> = call.load(provider.0).await?;
            Ok(call.intent(provider, Command::RevokeLicence(command.clone()), &permit.policies))
        };
        let appended = call.execute("revoke-licence", revoke).await.map_err(|problem| match problem.code {
            // Another clinic's provider is none of this one's.
            "not-registered" => Problem::not_found(),
            _ => problem,
        })?;
        Ok(Written { provider_id: Some(provider), ..Written::new(&appended) })
    })
    .await
}
