//! `POST /v1/clinic/staff-naming`

use actix_web::post;
use daybook_access::Action;
use daybook_domain::clinic::{Command, SetStaffNaming};

use crate::caller::Call;
use crate::command::Answer;
use crate::routes::{CommandAnswers, CommandHeaders};

/// Say how staff is named to a patient who asks who looked at the record: by name, by role or not at all.
///
/// Until it is said, by role. It also holds for what was recorded before.
#[utoipa::path(
    tag = "clinics",
    request_body(content = ref("#/components/schemas/SetStaffNaming"), content_type = "application/json"),
    params(CommandHeaders),
    responses(CommandAnswers)
)]
#[post("/v1/clinic/staff-naming")]
pub async fn set_staff_naming(call: Call) -> Answer {
    let command = Command::SetStaffNaming(call.read::<SetStaffNaming>()?);
    call.clinic_command(Action::SetClinicPolicy, command).await
}
