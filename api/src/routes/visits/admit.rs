//! `POST /v1/visits/{visit_id}/admit`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Admit, Command};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The provider takes the patient in.
///
/// The patient's identity must be verified and their location attested, and the provider licensed there today.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/Admit"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/admit")]
pub async fn admit(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<Admit>()?;
    call.detached(move |call| async move {
        let command = &command;
        call.on_visit(path.visit_id, "admit", |visit| async move {
            let (facts, guards) = visit.licences().await?;
            Ok(visit.intent(Command::Admit(command.clone(), facts)).relying_on(guards))
        })
        .await
    })
    .await
}
