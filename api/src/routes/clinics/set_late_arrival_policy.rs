//! `POST /v1/clinic/late-arrival-policy`

use actix_web::post;
use daybook_access::Action;
use daybook_domain::clinic::{Command, SetLateArrivalPolicy};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Say what may be done of patients who come later than the grace period.
///
/// Until it is said, everything there is. What is recorded before stays as it is.
#[utoipa::path(
    tag = "clinics",
    request_body(content = ref("#/components/schemas/SetLateArrivalPolicy"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/clinic/late-arrival-policy")]
pub async fn set_late_arrival_policy(call: Call) -> Answer {
    let command = Command::SetLateArrivalPolicy(call.read::<SetLateArrivalPolicy>()?);
    call.clinic_command(Action::SetClinicPolicy, command).await
}
