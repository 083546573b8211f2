//! `POST /v1/clinic/late-arrival-policy`

use actix_web::post;
use daybook_access::{Action, Resource};
use daybook_domain::clinic::{Clinic, Command, SetLateArrivalPolicy};
use daybook_ledger::Loaded;

use crate::caller::Call;
use crate::command::{Answer, Written};
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
    let command = call.read::<SetLateArrivalPolicy>()?;
    call.detached(move |call| async move {
        let clinic_id = call.principal.clinic;
        let resource = Resource::clinic(clinic_id);
        let permit = call.state.access.permit(&call.asking(), Action::SetClinicPolicy, &resource).await?;
        let set = || async {
            let clinic: Loaded<Clinic> = call.load(clinic_id.0).await?;
            Ok(call.intent(clinic, Command::SetLateArrivalPolicy(command.clone()), &permit.policies))
        };
        let appended = call.execute("set-late-arrival-policy", set).await?;
        Ok(Written { clinic_id: Some(clinic_id), ..Written::new(&appended) })
    })
    .await
}
