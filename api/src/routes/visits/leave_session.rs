//! `POST /v1/visits/{visit_id}/session/leave`

use actix_web::{post, web::Path};
use daybook_domain::session::{self, Session};
use daybook_domain::visit::{Command, LeaveSession};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The visit takes part in the group session no more.
///
/// Its place is free in the same moment. The visit goes on.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/LeaveSession"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/session/leave")]
pub async fn leave_session(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<LeaveSession>()?;
    call.detached(move |call| async move {
        let (call, command, visit_id) = (&call, &command, path.visit_id);
        call.on_visit(visit_id, "leave-session", |visit| async move {
            let taken = visit.session();
            let leave = visit.intent(Command::LeaveSession(command.clone()));
            // A visit in no session refuses by itself.
            let Some(session) = taken else { return Ok(leave) };
            let session: Loaded<Session> = call.load(session.0).await?;
            Ok(leave.together_with([session.decides(call.request(session::Command::Unseat(visit_id)))]))
        })
        .await
    })
    .await
}
