//! `POST /v1/visits/{visit_id}/late-arrival`

use actix_web::{post, web::Path};
use daybook_domain::Clinic;
use daybook_domain::visit::{Command, LateFacts, RecordLateArrival};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Record that the patient came late, and what is done of it.
///
/// Of a patient who waits and came later than the clinic's grace, once; one of what the clinic offers. A visit that is moved is
/// moved by the command for it.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordLateArrival"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/late-arrival")]
pub async fn record_late_arrival(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordLateArrival>()?;
    call.detached(move |call| async move {
        let (call, command) = (&call, &command);
        call.on_visit(path.visit_id, "record-late-arrival", |visit| async move {
            let clinic: Loaded<Clinic> = call.load(call.clinic()).await?;
            let facts = LateFacts::of(&clinic);
            let intent = visit.intent(Command::RecordLateArrival(command.clone(), facts));
            Ok(intent.relying_on([clinic.guard()]))
        })
        .await
    })
    .await
}
