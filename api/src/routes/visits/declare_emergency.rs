//! `POST /v1/visits/{visit_id}/emergencies`

use actix_web::{post, web::Path};
use daybook_domain::EmergencyId;
use daybook_domain::visit::{Command, DeclareEmergency, NewEmergency};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// There is an emergency.
///
/// Wherever the visit stands. Until it is closed the provider may admit the patient whatever is not in order, and the
/// admission says what was not.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/DeclareEmergency"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/emergencies")]
pub async fn declare_emergency(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<DeclareEmergency>()?;
    let new = NewEmergency { emergency_id: EmergencyId(call.state.ledger.ids().public()) };
    call.visit_command_with_parts(path.visit_id, Command::DeclareEmergency(command, new)).await
}
