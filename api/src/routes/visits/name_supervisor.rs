//! `POST /v1/visits/{visit_id}/supervisor`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, NameSupervisor};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// The visit's provider treats under the supervision of another one.
///
/// The supervisor is a provider of the clinic, licensed where the patient is, and may read the visit from now on. Whatever
/// the visit's provider signs in it waits for the supervisor's cosignature, and is not billed before. The newest counts.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/NameSupervisor"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/supervisor")]
pub async fn name_supervisor(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<NameSupervisor>()?;
    call.detached(move |call| async move {
        let command = &command;
        call.on_visit(path.visit_id, "name-supervisor", |visit| async move {
            let (facts, guards) = visit.supervisor_facts(command.supervisor_id).await?;
            Ok(visit.intent(Command::NameSupervisor(command.clone(), facts)).relying_on(guards))
        })
        .await
    })
    .await
}
