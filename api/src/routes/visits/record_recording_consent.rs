//! `POST /v1/visits/{visit_id}/consents/recording`

use actix_web::{post, web::Path};
use daybook_domain::visit::{Command, RecordRecordingConsent};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, VisitPath};

/// Somebody who is not the patient answers whether they may be recorded.
///
/// Each participant answers for themselves: the provider, a supervisor, interpreters, who was invited, and who acts for the
/// patient, who has a voice of their own. The patient answers with `/consents`. Nothing here starts a recording.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RecordRecordingConsent"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/consents/recording")]
pub async fn record_recording_consent(path: Path<VisitPath>, call: Call) -> Answer {
    let command = call.read::<RecordRecordingConsent>()?;
    call.visit_command(path.visit_id, Command::RecordRecordingConsent(command)).await
}
