//! `POST /v1/visits/{visit_id}/session/join`

use actix_web::{post, web::Path};
use daybook_domain::session::{self, SeatVisit, Session};
use daybook_domain::visit::{Command, JoinSession};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The visit takes part in a group session.
///
/// A place of the session is taken in the same moment, or none if every place is. The provider who treats must be the one who
/// leads it. The chart stays the visit's own.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/JoinSession"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/session/join")]
pub async fn join_session(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<JoinSession>()?;
    call.detached(move |call| async move {
        let (call, command, visit_id) = (&call, &command, path.visit_id);
        call.on_visit(visit_id, "join-session", |visit| async move {
            let session: Loaded<Session> = call.load(command.session_id.0).await?;
            let seat = SeatVisit { visit_id, provider_id: visit.provider() };
            let seated = session.decides(call.request(session::Command::Seat(seat)));
            Ok(visit.intent(Command::JoinSession(command.clone())).together_with([seated]))
        })
        .await
    })
    .await
}
