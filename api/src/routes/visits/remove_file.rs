//! `POST /v1/visits/{visit_id}/files/{file_id}/remove`

use actix_web::{post, web::Path};
use daybook_domain::Text;
use daybook_domain::visit::{Command, FileRemovalReason, RemoveFile};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders, FilePath};

/// Why a file is removed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveFileRequest {
    /// Why.
    reason: FileRemovalReason,
    /// More about why.
    details: Option<Text<500>>,
}

/// Take a file away: it is shown to nobody any more.
///
/// By the side that sent it, or the visit's provider. That it was there remains on the record, and so do its sealed bytes.
#[utoipa::path(
    tag = "visits",
    request_body(content = ref("#/components/schemas/RemoveFileRequest"), content_type = "application/json"),
    params(FilePath, CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/visits/{visit_id}/files/{file_id}/remove")]
pub async fn remove_file(path: Path<FilePath>, call: Call) -> Answer {
    let RemoveFileRequest { reason, details } = call.read()?;
    let command = RemoveFile { file_id: path.file_id, reason, details };
    call.visit_command(path.visit_id, Command::RemoveFile(command)).await
}
