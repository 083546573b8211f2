//! `GET /v1/audit/received`

use actix_web::get;
use actix_web::web::Query;
use chrono::{DateTime, Utc};
use daybook_access::Resource;
use daybook_audit::Form;
use daybook_audit::reports::received;
use daybook_projections::Whose;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{receipt, whole};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::query;
use crate::report::Report;
use crate::routes::Refusals;

/// Who, from when to when, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReceivedQuery {
    /// A reader: a subject at the identity provider.
    reader: Option<String>,
    /// One session, as the access report names it. Not together with `reader`.
    session: Option<Uuid>,
    /// From this time on.
    from: DateTime<Utc>,
    /// Up to this time, not including it.
    to: DateTime<Utc>,
    /// `json`, `csv`, `html` or `table`; JSON if absent.
    #[param(value_type = Option<String>)]
    form: Option<Form>,
    /// Answer only once this position of the log is in it.
    min_position: Option<u64>,
}

/// Everything an identity or one session of it received between two times, patient by patient: what a breach has to be
/// measured by.
#[utoipa::path(
    tag = "audit",
    params(ReceivedQuery),
    responses((status = 200, description = "The report.", body = ref("#/components/schemas/Report")), Refusals)
)]
#[get("/v1/audit/received")]
pub async fn show_received(caller: Caller, question: Query<ReceivedQuery>) -> Result<Report, Problem> {
    let question = question.into_inner();
    let (from, to) = (question.from, question.to);
    if from >= to {
        return Err(Problem::parameter("to", "a time after `from`"));
    }
    caller
        .detached(move |caller| async move {
            query::wait_for(&caller, question.min_position).await?;
            let (whose, who) = match (&question.reader, question.session) {
                (Some(reader), None) => (Whose::Reader(reader), reader.clone()),
                (None, Some(session)) => (Whose::Session(session), format!("session {session}")),
                _ => return Err(Problem::parameter("reader", "either reader or session")),
            };
            let receipt = receipt(&caller, &Resource::log(caller.principal.clinic)).await?;
            let found = whole(&caller, whose, (from, to)).await?;
            let table = received(&format!("What {who} received from {from} to {to}"), &found);
            Report::of(&caller, &receipt, table, question.form).await
        })
        .await
}
