//! `GET /v1/visits/{visit_id}`

use actix_web::get;
use actix_web::web::{Path, Query};
use chrono::{DateTime, Utc};
use daybook_access::{Action, Disclosed};
use daybook_audit::served::visit::{self, Viewer};
use daybook_domain::visit::{Event, LatenessRules, Visit};
use daybook_domain::{Clinic, Role, Rules};
use daybook_ledger::{Loaded, Stream};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::query::{only_one, written};
use crate::routes::{Refusals, VisitPath};
use crate::shown::Shown;
use crate::state::decode;

/// At which moment.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VisitQuery {
    /// As it stood at this time.
    as_of: Option<DateTime<Utc>>,
    /// As it stood after this event of its own.
    at_sequence: Option<u64>,
    /// Understood for the sake of callers who send it everywhere: this answer comes from the log and is never behind.
    min_position: Option<u64>,
}

/// A visit: where it stands now, or stood at a past moment.
///
/// Notes and orders are named here with the hash of what they say, diagnoses by number; `GET …/notes/{note_id}`,
/// `…/orders/{order_id}` and `…/diagnoses` show what that is. Every order says whether it went out.
#[utoipa::path(
    tag = "visits",
    params(VisitQuery),
    responses((status = 200, description = "The visit.", body = ref("#/components/schemas/Visit")), Refusals)
)]
#[get("/v1/visits/{visit_id}")]
pub async fn show_visit(path: Path<VisitPath>, caller: Caller, question: Query<VisitQuery>) -> Result<Shown, Problem> {
    only_one(&[question.as_of.is_some(), question.at_sequence.is_some()], "as_of or at_sequence, not both")?;
    caller
        .detached(move |caller| async move {
            let (state, clinic, id) = (&caller.state, caller.clinic(), path.visit_id);
            written(&caller, "min_position", question.min_position).await?;
            let mut events = state.ledger.read_stream(clinic, &Stream::new("visit", id.0), 0).await?;
            // Who may see it is said by how it stands now, whichever moment is asked for.
            let stands = Visit::replay(&decode::<Event>(&events)?);
            let receipt = caller.read_visit(Action::ReadVisit, id, &stands).await?;
            events.retain(|event| question.as_of.is_none_or(|time| event.recorded_at <= time));
            events.retain(|event| question.at_sequence.is_none_or(|sequence| event.sequence <= sequence));
            let last = events.last().ok_or_else(Problem::not_found)?.clone();
            let opened = state.access.open(&receipt, &visit::protected(&events)).await?;
            // A past version is told as of its own last event, unless a moment was asked for; nothing is told of the future.
            let now = state.ledger.clock().now();
            let until = match question.at_sequence {
                Some(_) => last.recorded_at,
                None => question.as_of.map_or(now, |time| time.min(now)),
            };
            let rules = match caller.principal.role {
                Role::Patient => None,
                _ => {
                    let clinic: Loaded<Clinic> = caller.load(clinic).await?;
                    Some(LatenessRules::of(&clinic))
                }
            };
            let viewer = rules.as_ref().map_or(Viewer::Patient, Viewer::Staff);
            let shown = visit::show(id, &events, &opened, until, &viewer)?.ok_or_else(Problem::not_found)?;
            Ok(Shown::disclosed(&Disclosed::new(&receipt, shown))?.version(last.sequence))
        })
        .await
}
