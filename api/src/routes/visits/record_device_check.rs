//! `POST /v1/visits/{visit_id}/device-checks`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordDeviceCheck};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Camera, microphone, speaker and network were tried.
///
/// Days ahead too; the newest counts. Who tries them within an hour before the start, or later, is no no-show.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordDeviceCheck"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/device-checks")]
pub async fn record_device_check(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordDeviceCheck>()?;
    call.visit_command(path.visit_id, Command::RecordDeviceCheck(command)).await
}
