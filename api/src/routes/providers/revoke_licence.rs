//! `POST /v1/providers/{provider_id}/licences/revoke`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::provider::{Command, RevokeLicence};

use super::ProviderPath;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Record that a licence no longer stands from a day on.
///
/// Admissions from that day on are refused; what was done before stands.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/RevokeLicence"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/providers/{provider_id}/licences/revoke")]
pub async fn revoke_licence(path: Path<ProviderPath>, call: Call) -> Answer {
    let command = call.read::<RevokeLicence>()?;
    call.provider_command(path.provider_id, Action::RevokeLicence, Command::RevokeLicence(command)).await
}
