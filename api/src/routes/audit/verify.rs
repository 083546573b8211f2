//! `POST /v1/audit/verify`

use actix_web::http::StatusCode;
use actix_web::post;
use daybook_access::Action;
use daybook_audit::KeptNote;
use daybook_audit::kept_note::LONGEST_CHECKPOINT;
use daybook_ledger::kept::Outside;
use schemars::JsonSchema;
use serde::Deserialize;

use super::going_over;
use crate::caller::{Call, Caller};
use crate::problem::Problem;
use crate::routes::Refusals;
use crate::shown::Shown;

/// Checkpoints in one request, at most.
const MOST: usize = 16;

/// What the log is held against.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// Checkpoints that were kept elsewhere, each as the note it is: the log must have grown from them. Sixteen at most.
    #[serde(default)]
    against: Vec<String>,
}

/// Verifies the clinic's whole log: every hash, link, tile, checkpoint and signature.
///
/// Who trusts nothing of this server verifies an export instead, or follows the log from outside. The answer comes when all of it
/// was gone over: of a log with millions of events that takes many seconds, and the command line shows how far it is. One log is gone over at a time.
#[utoipa::path(
    tag = "audit",
    request_body(content = ref("#/components/schemas/VerifyRequest"), content_type = "application/json"),
    responses(
        (status = 200, description = "What was found, also where the log is not as it was written.",
            body = ref("#/components/schemas/Verification")),
        (status = 422, description = "The body does not fit.", body = ref("#/components/schemas/Problem")),
        Refusals
    )
)]
#[post("/v1/audit/verify")]
pub async fn verify_log(call: Call) -> Result<Shown, Problem> {
    let VerifyRequest { against } = call.read()?;
    let notes = notes(&call, against)?;
    Caller::clone(&call)
        .detached(move |caller| async move {
            let (state, clinic) = (&caller.state, caller.clinic());
            let check = going_over(&caller, Action::ReadLogEntries).await?;
            let epochs = state.ledger.epochs(clinic).await?;
            let kept = notes
                .iter()
                .enumerate()
                .map(|(number, note)| note.signed_by(&epochs).map_err(|error| misfit(number, error.to_string())));
            let outside = Outside { kept: kept.collect::<Result<_, _>>()?, ..Outside::default() };
            let report = check.verify(&state.ledger, clinic, &outside).await?;
            Shown::plain(&report)
        })
        .await
}

fn notes(caller: &Caller, against: Vec<String>) -> Result<Vec<KeptNote>, Problem> {
    if against.len() > MOST {
        return Err(misfit(MOST, "there are more than sixteen".into()));
    }
    let read = |(number, note): (usize, String)| {
        if note.len() > LONGEST_CHECKPOINT {
            return Err(misfit(number, "it is longer than any checkpoint".into()));
        }
        let note = KeptNote::read(note).map_err(|error| misfit(number, error.to_string()))?;
        let of_this = note.clinic == caller.clinic();
        of_this.then_some(note).ok_or_else(|| misfit(number, "it is of another clinic's log".into()))
    };
    against.into_iter().enumerate().map(read).collect()
}

fn misfit(number: usize, what: String) -> Problem {
    let field = format!("against[{number}]");
    let problem =
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-body", format!("{field} does not fit: {what}"));
    problem.field(field, "invalid", Some("a checkpoint of this clinic's log, signed by its key".into()))
}
