//! Parameters of questions: which moment is asked for, and what to wait for.

use actix_web::error::QueryPayloadError;
use std::time::Duration;

use crate::caller::Caller;
use crate::problem::Problem;

/// How long a question waits for a view to reach `min_position`.
const PATIENCE: Duration = Duration::from_secs(2);

/// The problem of a query that does not fit. Names what can be named without quoting it.
pub fn misfit(error: &QueryPayloadError) -> Problem {
    let text = match error {
        QueryPayloadError::Deserialize(error) => error.to_string(),
        _ => String::new(),
    };
    let problem = Problem::new(
        actix_web::http::StatusCode::BAD_REQUEST,
        "invalid-parameter",
        "the query has an unknown parameter, or one of another form; see /openapi.json",
    );
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()).map(str::to_owned);
    let known = text.starts_with("unknown field ").then(|| text.rsplit_once("expected ").map(|(_, known)| known));
    match (missing, known.flatten()) {
        (Some(name), _) => problem.field(name, "missing", Some("this parameter is needed".into())),
        (None, Some(known)) => problem.field("query", "unknown-parameter", Some(format!("only {known}"))),
        (None, None) => problem.field("query", "invalid", None),
    }
}

/// Refuses a position that has not been written yet.
pub async fn written(caller: &Caller, name: &'static str, position: Option<u64>) -> Result<(), Problem> {
    let Some(position) = position else { return Ok(()) };
    let head = caller.state.ledger.head(caller.clinic()).await?.map_or(0, |head| head.size);
    if position < head {
        return Ok(());
    }
    Err(Problem::parameter(name, "a position of this clinic's log that has been written"))
}

/// Waits until the views have folded what the caller wrote.
pub async fn wait_for(caller: &Caller, min_position: Option<u64>) -> Result<(), Problem> {
    written(caller, "min_position", min_position).await?;
    if let Some(position) = min_position {
        caller.state.views.wait_for(caller.clinic(), position, PATIENCE).await?;
    }
    Ok(())
}

/// At most one of these may be given.
pub fn only_one(given: &[bool], expected: &'static str) -> Result<(), Problem> {
    if given.iter().filter(|given| **given).count() > 1 { Err(Problem::parameter("query", expected)) } else { Ok(()) }
}
