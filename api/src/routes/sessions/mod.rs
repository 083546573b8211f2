//! Group sessions: one call, several visits, each with its own chart. Nothing here shows who is in a visit.

pub mod close;
pub mod open;
pub mod show;

use actix_web::web::ServiceConfig;
use daybook_access::Resource;
use daybook_domain::{Session, SessionId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Caller;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(open::open_session).service(show::show_session).service(close::close_session);
}

/// Which session.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The session.
    #[param(value_type = uuid::Uuid)]
    pub session_id: SessionId,
}

/// A session as the policies see it: its provider's. One that does not exist is nobody's.
fn resource(caller: &Caller, session: &Session) -> Resource {
    Resource::provider(caller.principal.clinic, session.provider().unwrap_or_default())
}
