//! `POST /v1/providers`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::ProviderId;
use daybook_domain::provider::{Command, NewProvider, Provider, Register};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandHeaders, CreationAnswers};

/// Take a new provider into the clinic's record.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/RegisterProvider"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CreationAnswers)
)]
#[post("/v1/providers")]
pub async fn register_provider(call: Call) -> Answer {
    let command = call.read::<Register>()?;
    call.detached(move |call| async move {
        let resource = Resource::clinic(call.principal.clinic);
        let permit = call.state.access.permit(&call.asking(), Action::RegisterProvider, &resource).await?;
        call.state.clinic(call.clinic()).await?;
        let id = call.state.ledger.ids().public();
        let register = || async {
            let command = Command::Register(command.clone(), NewProvider { provider_id: ProviderId(id) });
            Ok(call.intent::<Provider>(Loaded::fresh(id), command, &permit.policies))
        };
        let appended = call.execute("register-provider", register).await?;
        let id = appended.last().map_or(id, |event| event.stream.id);
        let written = Written { provider_id: Some(ProviderId(id)), ..Written::new(&appended) };
        Ok(written.at(format!("/v1/providers/{id}")))
    })
    .await
}
