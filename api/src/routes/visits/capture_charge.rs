//! `POST /v1/visits/{visit_id}/charges`

use actix_web::{post, web::Path};
use daybook_domain::visit::{CaptureCharge, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Record what is to be charged for.
///
/// The charge is judged by the rules of the day of service: whether the code exists then, how the visit must have been held
/// for it, its modifiers, place of service and minutes, and what the payer does not pay. What no rule knows is taken as it
/// is given and listed as not checked. Nothing goes out before every note is signed and the visit is billed.
#[utoipa::path(
    tag = "billing",
    request_body(content = ref("#/components/schemas/CaptureCharge"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/charges")]
pub async fn capture_charge(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<CaptureCharge>()?;
    call.detached(move |call| async move {
        let command = &command;
        call.on_visit_with_parts(path.visit_id, "capture-charge", |visit| async move {
            let (facts, guard) = visit.charge_facts().await?;
            Ok(visit.intent(Command::CaptureCharge(command.clone(), facts)).relying_on([guard]))
        })
        .await
    })
    .await
}
