//! What compliance officers and auditors take away, their reports, and what they look into. Reports name people and visits by id and show
//! no health information, and asking for one is recorded like any other look at the record of access.

pub mod access;
pub mod access_reviews;
pub mod breach;
pub mod break_glass;
pub mod consents;
pub mod export;
pub mod integrity;
pub mod notable;
pub mod projections;
pub mod recall;
pub mod replay;
pub mod verify;

use actix_web::web::ServiceConfig;
use chrono::{DateTime, TimeDelta, Utc};
use daybook_access::{Action, Receipt, Resource};
use daybook_projections::{Readings, Whose};

use crate::caller::Caller;
use crate::checking::Check;
use crate::problem::Problem;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    access_reviews::configure(services);
    replay::configure(services);
    services
        .service(access::show_accesses)
        .service(break_glass::show_broken_glass)
        .service(notable::show_notable_accesses)
        .service(consents::show_consent_history)
        .service(integrity::show_integrity_history)
        .service(integrity::show_reconciliation)
        .service(recall::show_recall)
        .service(breach::show_received)
        .service(export::export_log)
        .service(verify::verify_log)
        .service(projections::compare_projections)
        .service(projections::rebuild_projections);
}

/// Rows in one answer, at most.
pub const MOST: u32 = 1_000;
/// Rows in one answer that asks for no number.
const USUAL: u32 = 200;
/// Facts that one report is made of, at most.
const AT_ONCE: u32 = 50_000;
/// How far back a report reaches that names no beginning.
const USUALLY: TimeDelta = TimeDelta::days(30);

/// Permits a look at the record of access, and records it.
pub async fn receipt(caller: &Caller, resource: &Resource) -> Result<Receipt, Problem> {
    let read = caller.state.access.read(&caller.asking(), Action::ReadAccesses, resource, &[]).await;
    read.map_err(|error| caller.hidden_if_denied(resource, error))
}

/// A place to go over the clinic's whole log to do this, for who may. That somebody may not is recorded, and told also while
/// another log is gone over; going over it leaves no fact by itself.
pub async fn going_over(caller: &Caller, to: Action) -> Result<Check<'_>, Problem> {
    let resource = Resource::log(caller.principal.clinic);
    let permit = caller.state.access.permit(&caller.asking(), to, &resource).await;
    let _ = permit.map_err(|_| caller.hidden(&resource))?;
    caller.state.checking.begin()
}

/// How many rows.
pub fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    let limit = asked.unwrap_or(USUAL);
    let fits = (1..=MOST).contains(&limit);
    fits.then_some(limit).ok_or_else(|| Problem::parameter("limit", "between 1 and 1000"))
}

/// From one time to another: until now and for thirty days, unless asked otherwise.
pub fn period(
    caller: &Caller,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), Problem> {
    // What was recorded this very moment is part of it.
    let to = to.unwrap_or_else(|| caller.state.ledger.clock().now() + TimeDelta::seconds(1));
    let from = from.unwrap_or_else(|| to - USUALLY);
    if from < to { Ok((from, to)) } else { Err(Problem::parameter("to", "a time after `from`")) }
}

/// Every fact of a period, for a report that cannot be told page by page. A period with more than can be held at once is
/// refused: half an answer would be taken for the whole.
pub async fn whole(
    caller: &Caller,
    whose: Whose<'_>,
    period: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Readings, Problem> {
    let found = caller.state.views.readings(caller.clinic(), whose, period, None, AT_ONCE).await?;
    if found.more_after.is_some() {
        return Err(Problem::parameter("from", "a time that leaves at most 50,000 facts; ask for a shorter period"));
    }
    Ok(found)
}
