//! `POST /v1/providers/{provider_id}/licences/correct`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::provider::{Command, CorrectLicence};

use super::ProviderPath;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Put right what was recorded of a licence.
///
/// What was recorded wrongly stays in the log.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/CorrectLicence"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/providers/{provider_id}/licences/correct")]
pub async fn correct_licence(path: Path<ProviderPath>, call: Call) -> Answer {
    let command = call.read::<CorrectLicence>()?;
    call.provider_command(path.provider_id, Action::CorrectLicence, Command::CorrectLicence(command)).await
}
