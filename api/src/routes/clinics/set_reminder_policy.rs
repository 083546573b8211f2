//! `POST /v1/clinic/reminder-policy`

use actix_web::post;
use daybook_access::Action;
use daybook_domain::clinic::Command;
use daybook_domain::visit::ReminderPolicy;

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Say which reminders the clinic's patients get; an empty list switches them off.
///
/// Until it is said, they get none. Nothing that sends is connected yet: each reminder is recorded as not sent.
#[utoipa::path(
    tag = "clinics",
    request_body(content = ref("#/components/schemas/ReminderPolicy"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/clinic/reminder-policy")]
pub async fn set_reminder_policy(call: Call) -> Answer {
    let command = Command::SetReminderPolicy(call.read::<ReminderPolicy>()?);
    call.clinic_command(Action::SetClinicPolicy, command).await
}
