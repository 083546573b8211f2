//! `POST /v1/providers/{provider_id}/licences`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::provider::{Command, GrantLicence};

use super::ProviderPath;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Record a licence of the provider.
///
/// Admissions are decided on the licences on record.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/GrantLicence"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/providers/{provider_id}/licences")]
pub async fn grant_licence(path: Path<ProviderPath>, call: Call) -> Answer {
    let command = call.read::<GrantLicence>()?;
    call.provider_command(path.provider_id, Action::GrantLicence, Command::GrantLicence(command)).await
}
