//! `POST /v1/sessions/{session_id}/close`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::session::{CloseSession, Command, Session};
use daybook_ledger::Loaded;

use super::{SessionPath, resource};
use crate::caller::Call;
use crate::command::{Answer, Written};
use crate::problem::Problem;
use crate::routes::{CommandAnswers, CommandHeaders};

/// The session is over.
///
/// Nobody joins any more. Each visit goes on until its provider ends it.
#[utoipa::path(
    tag = "sessions",
    request_body(content = ref("#/components/schemas/CloseSession"), content_type = "application/json"),
    params(SessionPath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/sessions/{session_id}/close")]
pub async fn close_session(path: Path<SessionPath>, call: Call) -> Answer {
    let command = call.read::<CloseSession>()?;
    call.detached(move |call| async move {
        let close = || async {
            let session: Loaded<Session> = call.load(path.session_id.0).await?;
            let resource = resource(&call, &session);
            let permit = call.state.access.permit(&call.asking(), Action::CloseSession, &resource).await?;
            Ok::<_, Problem>(call.intent(session, Command::Close(command), &permit.policies))
        };
        let appended = call.execute("close-session", close).await?;
        Ok(Written { session_id: Some(path.session_id), ..Written::new(&appended) })
    })
    .await
}
