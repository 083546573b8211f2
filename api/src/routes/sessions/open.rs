//! `POST /v1/sessions`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::session::{Command, NewSession, OpenSession, Session};
use daybook_domain::{Provider, SessionId};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::routes::{CommandHeaders, CreationAnswers};

/// Set up a group session.
///
/// Visits take part with `POST /v1/visits/{visit_id}/session/join`.
#[utoipa::path(
    tag = "sessions",
    request_body(content = ref("#/components/schemas/OpenSession"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CreationAnswers)
)]
#[post("/v1/sessions")]
pub async fn open_session(call: Call) -> Answer {
    let command = call.read::<OpenSession>()?;
    call.detached(move |call| async move {
        let resource = Resource::provider(call.principal.clinic, command.provider_id);
        let permit = call.state.access.permit(&call.asking(), Action::OpenSession, &resource).await?;
        let id = call.state.ledger.ids().public();
        let open = || async {
            // Who is registered stays registered, so this fact needs no guard.
            let provider: Loaded<Provider> = call.load(command.provider_id.0).await?;
            let new = NewSession { session_id: SessionId(id), provider_registered: provider.is_registered() };
            Ok(call.intent::<Session>(Loaded::fresh(id), Command::Open(command.clone(), new), &permit.policies))
        };
        let appended = call.execute("open-session", open).await?;
        let id = appended.last().map_or(id, |event| event.stream.id);
        let written = Written { session_id: Some(SessionId(id)), ..Written::new(&appended) };
        Ok(written.at(format!("/v1/sessions/{id}")))
    })
    .await
}
