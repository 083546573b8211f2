//! `POST /v1/providers/{provider_id}/availability`

use actix_web::{post, web::Path};
use daybook_access::Action;
use daybook_domain::provider::{Command, SetAvailability};

use super::ProviderPath;
use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Say at which hours of the week the provider works.
///
/// By the clinic's clocks, from a day on, in place of whatever was said for that day and later ones up to the next change.
/// What is booked already stays booked.
#[utoipa::path(
    tag = "providers",
    request_body(content = ref("#/components/schemas/SetAvailability"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/providers/{provider_id}/availability")]
pub async fn set_availability(path: Path<ProviderPath>, call: Call) -> Answer {
    let command = call.read::<SetAvailability>()?;
    call.provider_command(path.provider_id, Action::SetAvailability, Command::SetAvailability(command)).await
}
