//! `POST /v1/clinic/reminder-policy`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::clinic::{Clinic, Command};
use daybook_domain::visit::ReminderPolicy;
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::{Answer, Written};
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
    let policy = call.read::<ReminderPolicy>()?;
    call.detached(move |call| async move {
        let clinic_id = call.principal.clinic;
        let resource = Resource::clinic(clinic_id);
        let permit = call.state.access.permit(&call.asking(), Action::SetClinicPolicy, &resource).await?;
        let set = || async {
            let clinic: Loaded<Clinic> = call.load(clinic_id.0).await?;
            Ok(call.intent(clinic, Command::SetReminderPolicy(policy.clone()), &permit.policies))
        };
        let appended = call.execute("set-reminder-policy", set).await?;
        Ok(Written { clinic_id: Some(clinic_id), ..Written::new(&appended) })
    })
    .await
}
