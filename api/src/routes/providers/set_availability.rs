//! `POST /v1/providers/{provider_id}/availability`

use actix_web::{post, web::Path};
use daybook_access::{Action, Resource};
use daybook_domain::provider::{Command, Provider, SetAvailability};
use daybook_ledger::Loaded;

use super::ProviderPath;
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Say at which hours of the week the provider works.
///
/// By the clinic's clocks, from a day on, in place of whatever was said for that day and later ones up to the next change.
/// What is booked already stays booked.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/SetAvailability"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/providers/{provider_id}/availability")]
pub async fn set_availability(path: Path<ProviderPath>, call: Call) -> Answer {
    let command = call.read::<SetAvailability>()?;
    let provider = path.provider_id;
    call.detached(move |call| async move {
        let resource = Resource::provider(call.principal.clinic, provider);
        let permit = call.state.access.permit(&call.asking(), Action::SetAvailability, &resource).await?;
        let set = || async {
            let provider: Loaded<Provider> = call.load(provider.0).await?;
            Ok(call.intent(provider, Command::SetAvailability(command.clone()), &permit.policies))
        };
        let appended = call.execute("set-availability", set).await.map_err(|problem| match problem.code {
            // Another clinic's provider is none of this one's.
            "not-registered" => Problem::not_found(),
            _ => problem,
        })?;
        Ok(Written { provider_id: Some(provider), ..Written::new(&appended) })
    })
    .await
}
