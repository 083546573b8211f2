//! `GET /v1/sessions/{session_id}`

use actix_web::get;
use actix_web::web::Path;
use chrono::{DateTime, Utc};
use daybook_access::Action;
use daybook_domain::{ProviderId, Session, SessionId, VisitId};
use daybook_ledger::Loaded;
use schemars::JsonSchema;
use serde::Serialize;

use super::{SessionPath, resource};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// A group session.
#[derive(Serialize, JsonSchema)]
pub struct SessionShown {
    /// The session.
    session_id: SessionId,
    /// Who leads it.
    provider_id: Option<ProviderId>,
    /// When it starts.
    starts_at: Option<DateTime<Utc>>,
    /// How many visits may take part at once.
    capacity: u16,
    /// The visits that take part now. Who is in them is shown by the visits, to those who may see them.
    visits: Vec<VisitId>,
    /// Whether it is over.
    closed: bool,
    /// The version that is shown.
    sequence: u64,
}

/// A group session, as staff sees it: which visits take part, and nothing of what is in them.
#[utoipa::path(
    tag = "sessions",
    params(SessionPath),
    responses((status = 200, description = "The session.", body = ref("#/components/schemas/SessionShown")), Refusals)
)]
#[get("/v1/sessions/{session_id}")]
pub async fn show_session(path: Path<SessionPath>, caller: Caller) -> Result<Shown, Problem> {
    caller
        .detached(move |caller| async move {
            let session: Loaded<Session> = caller.load(path.session_id.0).await?;
            let resource = resource(&caller, &session);
            // Nothing is written, so the permit's policies are not either.
            let _ = caller.state.access.permit(&caller.asking(), Action::ReadSession, &resource).await?;
            let session_id = session.id().ok_or_else(Problem::not_found)?;
            let shown = SessionShown {
                session_id,
                provider_id: session.provider(),
                starts_at: session.starts_at(),
                capacity: session.capacity(),
                visits: session.visits().iter().copied().collect(),
                closed: session.is_closed(),
                sequence: session.sequence(),
            };
            Ok(Shown::plain(&shown)?.version(session.sequence()))
        })
        .await
}
