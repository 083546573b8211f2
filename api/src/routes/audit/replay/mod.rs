//! A visit, replayed for those who look into what happened in it. Who gives a reason and may see what is protected sees it; to all
//! others it stays sealed. Either is recorded before anything is told.

pub mod as_served;
pub mod changes;
pub mod show;
pub mod signatures;

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;
use daybook_access::{AccessError, Action, Opened, Receipt, Resource};
use daybook_audit::ReplayError;
use daybook_audit::replay::{Acts, Found, Moment};
use daybook_domain::{Code, Visit, VisitId};
use daybook_ledger::Recorded;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::shown::Shown;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services
        .service(show::show_replay)
        .service(changes::show_changes)
        .service(as_served::show_as_served)
        .service(signatures::show_signatures);
}

/// A visit that somebody may look into, and the receipt that they do.
pub(super) struct Looking {
    pub found: Found,
    pub receipt: Receipt,
    /// Whether what is protected is to be opened.
    opens: bool,
}

impl Looking {
    /// Permits the look and records it.
    pub async fn at(caller: &Caller, visit: VisitId, reason: Option<Code>) -> Result<Self, Problem> {
        let (access, clinic) = (&caller.state.access, caller.principal.clinic);
        let found = match Found::find(&caller.state.ledger, clinic.0, visit.0).await {
            Err(ReplayError::NoVisit { .. }) => None,
            found => Some(found?),
        };
        let whole = found.as_ref().map_or_else(Visit::default, Found::whole);
        // One that does not exist is put to the policies like any other.
        let resource = Resource::visit(clinic, visit, &whole);
        let (asking, opens) = (caller.asking().reason(reason.clone()), reason.is_some());
        if opens {
            // The story says who else looked. What is recorded is the larger look, which comes next.
            let may = access.permit(&asking, Action::ReadAccesses, &resource).await;
            let _permit = may.map_err(|denied| caller.hidden_if_denied(&resource, AccessError::Denied(denied)))?;
        }
        if found.as_ref().is_some_and(|found| opens && !found.stands()) {
            return Err(changed());
        }
        let action = if opens { Action::ReadTimeline } else { Action::ReadAccesses };
        let receipt = access.read(&asking, action, &resource, &[]).await;
        let receipt = receipt.map_err(|error| caller.hidden_if_denied(&resource, error))?;
        Ok(Self { found: found.ok_or_else(Problem::not_found)?, receipt, opens })
    }

    /// These of its events opened.
    pub async fn open(&self, caller: &Caller, events: &[Recorded]) -> Result<Vec<Opened>, Problem> {
        Ok(caller.state.access.open(&self.receipt, events).await?)
    }

    /// Its events up to a moment, as they may be told.
    pub async fn acts(&self, caller: &Caller, until: Option<Moment>) -> Result<(&Recorded, Acts), Problem> {
        let happened = self.found.until(until)?;
        let last = happened.last().ok_or_else(Problem::not_found)?;
        let acts = match self.opens {
            true => Acts::opened(happened, &self.open(caller, happened).await?, &self.receipt),
            false => Acts::masked(happened, Some(&self.receipt)),
        };
        Ok((last, acts))
    }

    /// What is told, as an answer.
    pub fn shown<T: serde::Serialize>(&self, told: T) -> Result<Shown, Problem> {
        Shown::disclosed(&daybook_access::Disclosed::new(&self.receipt, told))
    }
}

/// Whose visit it is decides who may see it, and that stands in the events.
fn changed() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "not-as-written",
        "nothing is opened, because the visit's events are not as they were written; without a reason they are told sealed",
    )
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        let said = error.to_string();
        match error {
            ReplayError::NoVisit { .. } | ReplayError::NoNote { .. } => Problem::not_found(),
            ReplayError::NoEvent { .. } | ReplayError::NotYet(_) | ReplayError::OutOfOrder => {
                let problem = Problem::new(StatusCode::BAD_REQUEST, "invalid-parameter", said.clone());
                problem.field("query", "invalid", Some(said))
            }
            ReplayError::Unreadable(_) => Problem::new(
                StatusCode::CONFLICT,
                "event-unreadable",
                "an event of it cannot be read by this program, and without it nothing can be made again",
            ),
            ReplayError::Log(error) => error.into(),
        }
    }
}
